"""What stands in HubSpot already becomes ours; what is another's stays his."""

from __future__ import annotations

from core.crm.adoption import Found, answered, matches, questions, writes
from core.crm.calls import Action, Call, Input, read
from core.crm.outcomes import Denied, Ok, Reason, Refused, Result, Unavailable
from core.crm.properties import UNIQUE, ObjectType
from core.crm.records import Link
from core.crm.subjects import Subject
from core.crm.verdicts import Resting, Verdict

WHY = Reason("VALIDATION_ERROR", "no")


def asks(kind: ObjectType, name: str, **ids: str) -> Call:
    """Return a read by `name`, keys to ids."""
    return read(kind, name, [Input(k, i) for k, i in ids.items()], [name])[0]


def subject(
    key: str, adopt_by: str | None, link: Link | None = None, *, suspect: bool = False
) -> Subject:
    """Return a product to push."""
    properties = {UNIQUE[ObjectType.PRODUCTS]: key, "hs_sku": "S"}
    home = (f"main#SKU#{key}", "PRODUCT")
    return Subject(
        ObjectType.PRODUCTS, key, home, properties, link=link, adopt_by=adopt_by, suspect=suspect
    )


def test_a_sku_must_agree_in_every_character() -> None:
    """An answer to another case of the SKU is not ours, and keeps HubSpot's SKU field."""
    call = asks(ObjectType.PRODUCTS, "hs_sku", same="TEA-1", other="CUP-1", none="PEN-1")
    answer = (Result("7", {"hs_sku": "TEA-1"}), Result("8", {"hs_sku": "cup-1"}))
    assert matches(call, answer) == {
        "same": Found("7"),
        "other": Found(withheld=frozenset({"hs_sku"})),
        "none": Found(),
    }


def test_an_email_has_no_case() -> None:
    """HubSpot keeps addresses in lower case; ours is the same in any."""
    call = asks(ObjectType.CONTACTS, "email", ada="Ada@Example.com")
    assert matches(call, (Result("7", {"email": "ada@example.com"}),)) == {"ada": Found("7")}


def test_a_further_address_adopts_without_sending_the_email() -> None:
    """A contact found by a further address is adopted, and its first address stays."""
    call = asks(ObjectType.CONTACTS, "email", ada="home@x.org")
    held = {"email": "work@x.org", "hs_additional_emails": "old@x.org;home@x.org"}
    assert matches(call, (Result("7", held),)) == {"ada": Found("7", frozenset({"email"}))}


def test_one_contact_is_never_given_to_two_customers() -> None:
    """Asked for by its first and by a further address, a contact goes to the first's owner."""
    call = asks(ObjectType.CONTACTS, "email", ada="work@x.org", bob="home@x.org")
    held = {"email": "work@x.org", "hs_additional_emails": "home@x.org"}
    assert matches(call, (Result("7", held),)) == {
        "ada": Found("7"),
        "bob": Found(withheld=frozenset({"email"})),
    }


def test_only_what_has_no_link_is_asked_for() -> None:
    """What we know already, and what nothing can be found by, costs no read."""
    known = subject("a", "A-1", Link("7"))
    calls = questions(ObjectType.PRODUCTS, [known, subject("b", None), subject("c", "C-1")])
    assert [i.id for call in calls for i in call.inputs] == ["C-1"]


def test_a_read_that_is_refused_finds_nothing_and_one_that_fails_decides_nothing() -> None:
    """A refusal means no record by that id; a failure means that we do not know yet."""
    call = asks(ObjectType.PRODUCTS, "hs_sku", a="A-1")
    found: dict[str, Found] = {}
    unsure: dict[str, Verdict] = {}
    answered(call, Refused(400, WHY), found, unsure)
    assert found == {"a": Found()}
    found.clear()
    for outcome in (Unavailable(503), Denied(401, WHY)):
        answered(call, outcome, found, unsure)
        assert not found
        assert isinstance(unsure.pop("a"), Resting)
    answered(call, Ok((Result("7", {"hs_sku": "A-1"}),)), found, unsure)
    assert found == {"a": Found("7")}


def test_adopted_records_are_updated_by_hubspots_id_and_others_upserted_by_ours() -> None:
    """The update carries our unique id; what is withheld is not sent; a suspect travels alone."""
    subjects = [subject(k, "S") for k in "abc"] + [subject("d", "S", suspect=True)]
    found = {"a": Found("7"), "b": Found(withheld=frozenset({"hs_sku"}))}
    made = {
        (c.action, tuple(i.key for i in c.inputs)): c
        for c in writes(ObjectType.PRODUCTS, subjects, found)
    }
    assert set(made) == {
        (Action.UPDATE, ("a",)),
        (Action.UPSERT, ("b", "c")),
        (Action.UPSERT, ("d",)),
    }
    adopted = made[Action.UPDATE, ("a",)].inputs[0]
    assert (adopted.id, adopted.properties[UNIQUE[ObjectType.PRODUCTS]]) == ("7", "a")
    assert "hs_sku" not in made[Action.UPSERT, ("b", "c")].inputs[0].properties
