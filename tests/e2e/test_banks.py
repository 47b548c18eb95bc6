"""Each tenant pays from its own account, in the file that its bank takes, by its own terms."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

from lxml import etree

from finnest.clock import SystemClock
from tests.data.demo_people import TIMBER
from tests.data.ubl_documents import line
from tests.support.documents import bill, cents, supplier
from tests.support.platform import Platform

NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"}
SELLER = supplier()
PAYERS = {
    "quokka": {
        "payer": {
            "name": "QUOKKA LTD",
            "bank": "NAB",
            "user_id": "123456",
            "bsb": "083-001",
            "account": "998877",
            "remitter": "QUOKKA",
        },
        "early_payment": [{"supplier": f"0151:{SELLER.abn}", "percent": "2", "days": 60}],
    },
    "kea": {
        "payer": {"name": "KEA LTD", "account": "12-3456-0123456-00"},
    },
}
PLACES = {"kea": {"time_zone": "Pacific/Auckland", "place": "NZ", "currency": "NZD"}}


def today() -> date:
    return SystemClock().now().date()


async def test_two_tenants_pay_from_two_countries(tmp_path: Path) -> None:
    own = Platform.at(tmp_path, payments=PAYERS, tenants=PLACES)
    await own.start()
    try:
        await pays_less_when_it_pays_early_and_from_its_own_account(own)
        await pays_new_zealand_accounts_in_an_iso_file(own)
    finally:
        await own.stop()


async def pays_less_when_it_pays_early_and_from_its_own_account(own: Platform) -> None:
    quokka = own.company("quokka")
    early, plain = bill("1000.00", supplier=SELLER, issued=today()), bill("200.00", issued=today())
    ids = [quokka.intake.submit(one.xml()) for one in (early, plain)]
    await quokka.vera.until(ids[1], "scheduled")
    await quokka.vera.until(ids[0], "awaiting_approval")
    quokka.bob.decide(await quokka.bob.asked(ids[0]))
    await quokka.vera.until(ids[0], "scheduled")
    last_day = date.fromisoformat(quokka.tess.payment(ids[0])["pay_on"])
    run = await quokka.tess.pay_run(last_day)
    file = quokka.tess.bank_file(run["id"])
    paid = {credit.reference: credit.cents for credit in file.credits}
    assert file.payer == "QUOKKA LTD"
    assert paid == {early.number: cents(early) * 98 // 100, plain.number: cents(plain)}
    raw = quokka.tess.get(f"/v1/pay-runs/{run['id']}/file").body
    assert run["control"] == {
        "count": 2,
        "total_cents": file.cents,
        "hash_total": run["control"]["hash_total"],
        "sha256": hashlib.sha256(raw).hexdigest(),
    }


async def pays_new_zealand_accounts_in_an_iso_file(own: Platform) -> None:
    kea = own.company("kea")
    seller = replace(TIMBER, account="0101390012348000")
    one = bill("300.00", supplier=seller, currency="NZD", lines=(line("Boards", "300.00", gst="15"),))
    id = kea.intake.submit(one.xml())
    await kea.vera.until(id, "scheduled")
    foreign = kea.intake.submit(bill().xml())
    assert "Foreign currency" in " ".join((await kea.vera.until(foreign, "exception"))["reasons"])
    run = await kea.tess.pay_run(today() + timedelta(days=60))
    assert (run["format"], run["currency"], run["count"]) == ("pain.001", "NZD", 1)
    raw = kea.tess.get(f"/v1/pay-runs/{run['id']}/file").body
    root = etree.fromstring(raw)
    schema = files("sepaxml").joinpath("schemas", "pain.001.001.03.xsd").read_bytes()
    etree.XMLSchema(etree.fromstring(schema)).assertValid(root)
    assert root.xpath("string(//p:CdtTrfTxInf//p:InstdAmt)", namespaces=NS) == "345.00"
    assert root.xpath("string(//p:InstdAmt/@Ccy)", namespaces=NS) == "NZD"
    assert root.xpath("string(//p:DbtrAgt//p:MmbId)", namespaces=NS) == "123456"
