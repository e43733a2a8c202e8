"""Who is joined with whom when someone says who they are."""

from regulars import people
from regulars.kit.errors import Conflict
from regulars.kit.ids import PersonId
from regulars.people import AliasCall, IdentifyCall, Identity
from regulars.store import Db
from tests.cast import MALLORY, NOW, OMAR, VERA
from tests.people.people_cast import claimed, device, later, user, viewed


def signs_in(db: Db, who: str, on: str | None = None, *, proven: bool = True, **traits: str) -> PersonId:
    return people.identify(db, IdentifyCall(who, on, proven, traits), now=NOW)


def one(db: Db, *names: Identity) -> bool:
    found = people.resolve(db, names, now=NOW)
    return len({people.root(db, found[n]) for n in names}) == 1


def names(db: Db, name: Identity) -> set[Identity]:
    return set(people.identities(db, people.find(db, name)))


def test_signing_in_joins_the_device_with_the_user(db: Db):
    node = signs_in(db, VERA, "laptop")
    assert node == people.find(db, user(VERA))
    assert names(db, device("laptop")) == {device("laptop"), user(VERA)}


def test_signing_in_on_a_second_device_joins_all_three(db: Db):
    signs_in(db, VERA, "laptop")
    signs_in(db, VERA, "phone")
    assert one(db, device("laptop"), device("phone"), user(VERA))


def test_a_shared_device_stays_with_who_proved_first(db: Db):
    signs_in(db, VERA, "family-tablet")
    node = signs_in(db, OMAR, "family-tablet")
    assert node == people.find(db, user(OMAR))
    assert not one(db, user(VERA), user(OMAR))
    assert one(db, device("family-tablet"), user(VERA))


def test_saying_it_again_changes_nothing(db: Db):
    for _ in range(3):
        signs_in(db, VERA, "laptop")
    assert len(people.merges(db, people.find(db, user(VERA)))) == 1


def test_a_claim_joins_the_first_device_only(db: Db):
    assert signs_in(db, VERA, "laptop", proven=False) == people.find(db, device("laptop"))
    signs_in(db, VERA, "other", proven=False)
    assert one(db, device("laptop"), claimed(VERA))
    assert not one(db, device("other"), claimed(VERA))


def test_a_device_makes_one_claim_only(db: Db):
    signs_in(db, VERA, "laptop", proven=False)
    signs_in(db, OMAR, "laptop", proven=False)
    assert not one(db, device("laptop"), claimed(OMAR))


def test_mallorys_claims_never_touch_a_proven_user(db: Db):
    signs_in(db, VERA, "laptop")
    before = names(db, user(VERA))
    signs_in(db, VERA, MALLORY, proven=False, city="Nowhere")
    people.alias(db, AliasCall(MALLORY, VERA), now=NOW)
    people.alias(db, AliasCall("laptop", MALLORY), now=NOW)
    people.identify(db, IdentifyCall(VERA, None, proven=False, traits={"city": "Nowhere"}), now=NOW)
    assert names(db, user(VERA)) == before
    assert people.profile(db, user(VERA)).traits == {}


def test_mallory_who_claimed_first_is_left_behind_when_vera_proves_it_is_her_device(db: Db):
    signs_in(db, VERA, "laptop", proven=False)
    signs_in(db, VERA, "laptop")
    assert names(db, user(VERA)) == {device("laptop"), user(VERA)}
    assert names(db, claimed(VERA)) == {claimed(VERA)}


def test_a_claim_after_the_proof_joins_nothing(db: Db):
    signs_in(db, VERA, "laptop")
    signs_in(db, OMAR, "laptop", proven=False)
    assert names(db, user(VERA)) == {device("laptop"), user(VERA)}


def test_an_alias_may_join_two_users(db: Db):
    signs_in(db, "vera-old")
    people.alias(db, AliasCall("vera-old", VERA, proven=True), now=NOW)
    assert one(db, user("vera-old"), user(VERA))


def test_an_alias_of_a_device_joins_the_device(db: Db):
    people.resolve(db, [device("laptop")], now=NOW)
    people.alias(db, AliasCall("laptop", VERA, proven=True), now=NOW)
    assert names(db, user(VERA)) == {device("laptop"), user(VERA)}


def test_an_alias_of_somebody_yet_unknown_holds_whoever_they_turn_out_to_be(db: Db):
    people.alias(db, AliasCall("vera-old", VERA, proven=True), now=NOW)
    assert one(db, user("vera-old"), user(VERA))


def test_aliases_in_a_circle_are_one_person(db: Db):
    for previous, now in (("a", "b"), ("b", "c"), ("c", "a"), ("a", "a")):
        people.alias(db, AliasCall(previous, now, proven=True), now=NOW)
    assert one(db, user("a"), user("b"), user("c"))


def test_what_was_parted_by_hand_is_not_joined_again_by_itself(db: Db):
    signs_in(db, VERA, "laptop")
    (merge,) = people.merges(db, people.find(db, user(VERA)))
    people.unjoin(db, merge.id, by="Ana", now=later(1))
    signs_in(db, VERA, "laptop")
    assert not one(db, device("laptop"), user(VERA))


def test_traits_of_the_user_overrule_those_of_the_device(db: Db):
    signs_in(db, VERA, "laptop", proven=False, city="Somewhere", plan="free")
    signs_in(db, VERA, "laptop", city="Utrecht")
    assert people.profile(db, device("laptop")).traits == {"city": "Utrecht", "plan": "free"}


def test_a_trait_goes_when_it_is_null(db: Db):
    signs_in(db, VERA, city="Utrecht", plan="free")
    people.identify(db, IdentifyCall(VERA, proven=True, traits={"plan": None}), now=NOW)
    assert people.profile(db, user(VERA)).traits == {"city": "Utrecht"}


def test_a_batch_answers_each_call_in_order(db: Db):
    calls = [IdentifyCall(VERA, "laptop", proven=True), IdentifyCall(OMAR, "phone"), IdentifyCall(OMAR)]
    answers = people.identify_all(db, calls, now=NOW)
    assert answers == [people.find(db, n) for n in (user(VERA), device("phone"), claimed(OMAR))]


def test_a_thousand_names_are_enough_for_a_person_and_the_rest_of_the_batch_goes_on(db: Db):
    calls = [IdentifyCall(VERA, f"bot-{n}", proven=True) for n in range(10_000)]
    answers = people.identify_all(db, [*calls, IdentifyCall(OMAR, "phone", proven=True)], now=NOW)
    assert len(names(db, user(VERA))) == 1000
    assert sum(isinstance(a, Conflict) for a in answers) == 9001
    assert one(db, device("phone"), user(OMAR))


def test_events_go_to_who_it_is_sure_to_be(db: Db):
    assert people.whose(VERA, "laptop", proven=True) == user(VERA)
    assert people.whose(VERA, "laptop", proven=False) == device("laptop")
    assert people.whose(VERA, None, proven=False) == claimed(VERA)


def test_the_company_finds_a_user_who_was_only_claimed(db: Db):
    signs_in(db, VERA, None, proven=False)
    node = people.find_user(db, VERA)
    people.record(db, [viewed(node, 7)], now=NOW)
    assert people.profile(db, user(VERA)).person is None
    assert people.profile(db, user(VERA), or_claimed=True).node == node
    proven = signs_in(db, VERA)
    assert people.find_user(db, VERA) == proven == people.profile(db, user(VERA), or_claimed=True).node


def mail(address: str) -> Identity:
    return Identity(people.IdentityKind.EMAIL, address)


def test_mail_from_an_address_the_company_gave_is_the_users(db: Db):
    written = people.resolve(db, [mail("vera@example.com")], now=NOW)[mail("vera@example.com")]
    node = people.identify(db, IdentifyCall(VERA, None, proven=True, email="vera@example.com"), now=NOW)
    assert people.root(db, written) == people.root(db, node)


def test_an_address_two_users_share_stays_with_the_first(db: Db):
    for who in (VERA, OMAR):
        people.identify(db, IdentifyCall(who, None, proven=True, email="family@example.com"), now=NOW)
    assert one(db, user(VERA), mail("family@example.com"))
    assert not one(db, user(VERA), user(OMAR))


def test_an_address_that_is_only_claimed_joins_nobody(db: Db):
    people.identify(db, IdentifyCall(VERA, None, proven=True, email="vera@example.com"), now=NOW)
    people.identify(db, IdentifyCall(MALLORY, "phone", proven=False, email="vera@example.com"), now=NOW)
    assert not one(db, device("phone"), mail("vera@example.com"))
