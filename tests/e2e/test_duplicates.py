"""The same invoice twice: one id for the same bytes, one payment for the same number."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.support.documents import bill, number, supplier
from tests.support.platform import Company


async def test_the_same_bytes_are_the_same_invoice(company: Company) -> None:
    document = bill().xml()
    first = company.intake.send(document)
    second = company.intake.send(document)
    assert first.status == 202
    assert second.status in (200, 202)
    id = first.content["id"]
    assert second.content["id"] == id
    await company.vera.until(id, "scheduled")
    third = company.intake.send(document)
    assert (third.status, third.content["id"], third.content["status"]) == (200, id, "scheduled")
    assert len(company.vera.all("/v1/invoices")) == 1
    assert len(company.vera.all("/v1/payments")) == 1


async def test_the_same_bytes_again_say_what_is_now_wrong(company: Company) -> None:
    document = (
        bill()
        .xml()
        .replace(b'<cbc:PayableAmount currencyID="AUD">330', b'<cbc:PayableAmount currencyID="AUD">331')
    )
    id = company.intake.submit(document)
    await company.vera.until(id, "invalid")
    again = company.intake.send(document)
    assert (again.status, again.content) == (
        200,
        {"id": id, "status": "invalid", "links": {"self": f"/v1/invoices/{id}"}},
    )


async def test_the_same_bytes_as_xml_or_json_are_the_same_invoice(company: Company) -> None:
    document = bill().xml()
    as_xml = company.intake.send(document)
    as_json = company.intake.post("/v1/invoices", {"ubl": document.decode()})
    assert as_xml.content["id"] == as_json.content["id"]


async def test_the_same_bytes_sent_at_once_by_many_are_one_invoice(company: Company) -> None:
    document = bill().xml()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(company.intake.send, [document] * 8))
    assert {answer.status for answer in answers} <= {200, 202}
    assert len({answer.content["id"] for answer in answers}) == 1
    await company.vera.until(answers[0].content["id"], "scheduled")
    assert (await company.tess.pay_run())["count"] == 1


async def test_the_same_number_in_other_bytes_is_a_duplicate(company: Company) -> None:
    original, seller = number(), supplier()
    first = company.intake.submit(bill(number=original, supplier=seller).xml())
    await company.vera.until(first, "scheduled")
    second = company.intake.submit(bill(number=original, supplier=seller, note="once more").xml())
    assert second != first
    invoice = await company.vera.until(second, "duplicate")
    assert invoice["reasons"] == [f"duplicate of {first}"]
    assert "payment" not in invoice["links"]
    assert (await company.tess.pay_run())["count"] == 1


async def test_of_duplicates_sent_at_once_exactly_one_is_paid(company: Company) -> None:
    original, seller = number(), supplier()
    documents = [bill(number=original, supplier=seller, note=f"copy {n}").xml() for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(company.intake.submit, documents))
    statuses = sorted([(await company.vera.until(id))["status"] for id in ids])
    assert statuses == ["duplicate"] * 5 + ["scheduled"]
    run = await company.tess.pay_run()
    assert run["count"] == 1
    assert len(company.tess.bank_file(run["id"]).credits) == 1


async def test_the_same_number_of_another_seller_is_no_duplicate(company: Company) -> None:
    original = number()
    ids = [company.intake.submit(bill(number=original, supplier=supplier()).xml()) for _ in range(2)]
    for id in ids:
        await company.vera.until(id, "scheduled")


async def test_case_blanks_and_leading_zeros_do_not_make_another_number(company: Company) -> None:
    seller = supplier()
    first = company.intake.submit(bill(number="KP-10231", supplier=seller).xml())
    await company.vera.until(first, "scheduled")
    for written in ("kp-10231", " KP- 10231", "0KP-10231"):
        copy = company.intake.submit(bill(number=written, supplier=seller, note=written).xml())
        invoice = await company.vera.until(copy, "duplicate")
        assert invoice["reasons"] == [f"duplicate of {first}"]
