"""Where a tenant is: the settings that more than one feature goes by (`tenants.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from finnest.policies import read_policy
from finnest.records import Record

SHIPPED = Path(__file__).with_name("tenants.yaml")
NAME = "tenants"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"there is no time zone {name!r}") from error
    return name


class Tenant(Record):
    """The settings of one tenant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time_zone: Annotated[str, AfterValidator(_known_zone)]
    """IANA name; in it "today" is meant."""
    place: str = Field(pattern=r"^[A-Z]{2}(-[A-Z]{2,3})?$")
    """Country, or country and state or region, whose business days count: `AU-NSW`, `NZ`."""
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    """ISO 4217; what is meant where nothing is said."""

    def day(self, at: datetime) -> date:
        """Return the date of an instant where the tenant is."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()


class Tenants:
    """The settings of every tenant: what is written for it, over the default."""

    def __init__(self, default: Tenant, own: Mapping[str, Tenant]) -> None:
        self._default = default
        self._own = own

    def of(self, tenant: str) -> Tenant:
        """Return the tenant's settings."""
        return self._own.get(tenant, self._default)

    def fill(
        self,
        feature: str,
        policy: tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]],
        fields: Mapping[str, str],
    ) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """Return a feature's policy (default, tenant -> what is written) with settings as fields of it.

        `fields` says which: name in the policy -> name of the setting.

        Raises:
            ValueError: The policy says one of them itself; the message says where it belongs now.
        """
        default, tenants = policy
        for who, written in (("default", default), *tenants.items()):
            for field in sorted(set(fields) & set(written)):
                raise ValueError(
                    f"policy of {feature}, {who}: `{field}` is not said there any more; move it to "
                    f"<FINNEST_HOME>/policy/{NAME}.yaml, to the same tenant, as `{fields[field]}`"
                )

        def settings(one: Tenant) -> dict[str, Any]:
            return {field: getattr(one, setting) for field, setting in fields.items()}

        return {**default, **settings(self._default)}, {
            tenant: {**tenants.get(tenant, {}), **settings(self.of(tenant))}
            for tenant in {**tenants, **self._own}
        }


def read_tenants(home: Path) -> Tenants:
    """Return the shipped settings with what `<home>/policy/tenants.yaml` changes.

    Raises:
        ValueError: The file has another shape or a value that does not exist; the message says which.
    """
    default, tenants = read_policy(SHIPPED, home, NAME)
    return Tenants(
        _read("default", default),
        {tenant: _read(tenant, {**default, **own}) for tenant, own in tenants.items()},
    )


@lru_cache(maxsize=1)
def shipped_tenants() -> Tenants:
    """Return the settings of an installation that changes nothing."""
    return Tenants(_read("default", read_policy(SHIPPED, SHIPPED.parent, NAME)[0]), {})


def _read(who: str, written: Mapping[str, Any]) -> Tenant:
    try:
        return Tenant.model_validate(dict(written))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{NAME}.yaml, {who}, {where}: {first['msg']}") from error
