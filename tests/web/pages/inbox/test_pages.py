"""The inbox as an agent uses it, without a script: lists, reading, answering, changing."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import sleep

import sqlalchemy as sa

from regulars import desk as room
from regulars import team
from regulars.desk import Author
from regulars.kit.clock import utc_now
from tests.cast import ANA, BRAM, MIA
from tests.desk.desk_cast import MALLORY, mail
from tests.web.pages.conftest import HTML, Desk
from tests.web.pages.inbox.conftest import Office


def test_what_came_in_is_listed_with_what_matters(office: Office, ana: Desk):
    page = ana.get("/desk", view="unassigned").text
    assert office.path in page and "My order" in page and "Omar" in page
    assert 'class="line unread"' in page
    ana.get(office.path)
    assert 'class="line unread"' not in ana.get("/desk", view="unassigned").text


def test_the_html_of_a_mail_is_shown_harmless_in_a_frame_of_its_own(office: Office, ana: Desk):
    message = office.read().messages[0]
    page = ana.get(office.path)
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert (
        f'sandbox="allow-popups allow-popups-to-escape-sandbox allow-same-origin" src="{office.path}/frame/'
        in page.text
    )
    frame = ana.get(f"{office.path}/frame/{message.id}")
    policy = frame.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "https:" not in policy
    assert "<script" not in frame.text and "onclick" not in frame.text and "evil.example" not in frame.text
    assert f"/desk/files/{message.attachments[0].id}" in frame.text
    with_pictures = ana.get(f"{office.path}/frame/{message.id}", pictures="true")
    assert "https://evil.example/seen.gif" in with_pictures.text
    assert "https:" in with_pictures.headers["content-security-policy"]


def test_files_are_saved_and_only_pictures_shown(office: Office, ana: Desk):
    picture, page = office.read().messages[0].attachments
    shown = ana.get(f"/desk/files/{picture.id}")
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline")
    saved = ana.get(f"/desk/files/{page.id}")
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment")
    assert saved.headers["x-content-type-options"] == "nosniff"


def answer(desk: Desk, office: Office, text: str, **more: str) -> object:
    page = desk.get(office.path).text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    return desk.post(f"{office.path}/reply", text=text, back=office.path, **{"seen": seen[1], **more})


def test_an_answer_goes_out_and_can_be_taken_back_for_ten_seconds(office: Office, ana: Desk):
    page = answer(ana, office, "It is **coming**.", after="solved")
    said = office.read()
    assert said.messages[-1].text == "It is **coming**." and said.messages[-1].delivery == "queued"
    assert (said.row.status, said.row.assignee) == ("solved", said.messages[-1].agent)
    assert "<strong>coming</strong>" in page.text  # type: ignore[attr-defined]
    assert 'id="undo-send"' in page.text  # type: ignore[attr-defined]
    back = ana.post(f"{office.path}/unsend", message=str(said.messages[-1].id), back=office.path)
    assert office.read().messages[-1].withdrawn
    assert "It is **coming**.</textarea>" in back.text


def test_two_who_answer_at_once_are_warned_and_nothing_is_lost(office: Office, ana: Desk):
    mia = office.signed_in(MIA.email)
    seen = re.search(r'name="seen" value="(\d+)"', mia.get(office.path).text)
    assert seen
    answer(ana, office, "It is on the way.")
    warned = mia.post(f"{office.path}/reply", text="We will look.", seen=seen[1], back=office.path)
    assert warned.status_code == 409
    assert "Ana answered" in warned.text and "We will look.</textarea>" in warned.text
    assert [m.text for m in office.read().messages if m.author is Author.AGENT] == ["It is on the way."]
    theirs = office.read().messages[-1].id
    mia.post(f"{office.path}/reply", text="We will look.", seen=seen[1], anyway=str(theirs), back=office.path)
    assert office.read().messages[-1].text == "We will look."


def test_of_two_who_press_send_at_the_same_moment_one_is_warned(office: Office, ana: Desk):
    mia = office.signed_in(MIA.email)
    seen = re.search(r'name="seen" value="(\d+)"', mia.get(office.path).text)
    assert seen
    with ThreadPoolExecutor(1) as other, office.database.begin() as db:
        by = next(a for a in team.agents(db) if a.email == ANA.email)
        room.write(db, office.conversation, room.NewReply("It is on the way."), by=by, now=utc_now())
        pressed = other.submit(mia.post, f"{office.path}/reply", text="We will look.", seen=seen[1], back=office.path)
        waits = sa.text("select count(*) from pg_locks where not granted")
        while not pressed.done() and not db.execute(waits).scalar_one():
            sleep(0.01)
        db.commit()
        warned = pressed.result(20)
    assert warned.status_code == 409
    assert "Ana answered" in warned.text and "We will look.</textarea>" in warned.text
    assert [m.text for m in office.read().messages if m.author is Author.AGENT] == ["It is on the way."]


def test_the_signatures_of_agent_and_department_go_out_with_a_mail(office: Office, ana: Desk):
    with office.database.begin() as db:
        me = next(a for a in team.agents(db) if a.email == ANA.email)
        team.change_profile(db, replace(me, signature={"en": "Ana B."}))
        held = team.department(db, office.orders)
        team.save_department(db, replace(held, signature={"en": "Orders, open till six"}), now=utc_now())
    answer(ana, office, "Here it is.")
    with office.database.begin() as db:
        sent = db.execute(sa.text("select payload ->> 'markdown' from ledger")).scalar_one()
    assert sent == "Here it is.\n\n-- \nAna B.\nOrders, open till six"
    assert office.read().messages[-1].text == "Here it is."


def test_a_note_is_for_colleagues_and_names_them(office: Office, ana: Desk):
    ana.post(f"{office.path}/reply", kind="note", text="@bram could you look?", back=office.path)
    said = office.read().messages[-1]
    assert said.author is Author.NOTE
    bram = office.signed_in(BRAM.email)
    assert office.path in bram.get("/desk", view="mentioned").text
    assert "note, for colleagues only" in bram.get(office.path).text


def test_a_form_sent_twice_is_one_answer(office: Office, ana: Desk):
    nonce = re.search(r'name="nonce" value="([\w-]+)"', ana.get(office.path).text)
    assert nonce
    for text in ("Here it is.", "Here it is.", "And one more thing."):
        answer(ana, office, text, nonce=nonce[1])
    assert [m.text for m in office.read().messages[1:]] == ["Here it is.", "And one more thing."]


def test_what_is_taken_back_keeps_its_files(office: Office, ana: Desk):
    file = {"files": ("menu.txt", b"Soup", "text/plain")}
    form = {"text": "Our menu", "seen": "99", "back": office.path, "csrf": ana.csrf}
    ana.client.post(f"{office.path}/reply", data=form, files=file, headers=HTML)
    first = office.read().messages[-1]
    page = ana.post(f"{office.path}/unsend", message=str(first.id), back=office.path).text
    kept = re.search(r'name="keep" value="([\w-]+)" checked', page)
    assert kept and "menu.txt" in page
    answer(ana, office, "Our new menu", keep=kept[1])
    assert [f.name for f in office.read().messages[-1].attachments] == ["menu.txt"]
    assert 'name="keep"' not in ana.get(office.path).text
    answer(ana, office, "Not mine", keep=str(office.read().messages[0].attachments[0].id))
    assert office.read().messages[-1].attachments == ()


def test_drafts_wait_on_every_device(office: Office, ana: Desk):
    ana.get(office.path)
    assert ana.post(f"{office.path}/draft", text="Dear Omar").status_code == 204
    assert "Dear Omar</textarea>" in office.signed_in(ANA.email).get(office.path).text
    assert "Dear Omar" not in office.signed_in(MIA.email).get(office.path).text
    answer(ana, office, "Dear Omar, here.")
    assert "Dear Omar</textarea>" not in ana.get(office.path).text


def test_everything_about_it_can_be_changed_and_stands_in_its_history(office: Office, ana: Desk):
    for form in (
        {"status": "on_hold"}, {"priority": "high"}, {"assignee": "me"}, {"tag": "cake, late"}, {"untag": "late"},
        {"field": "order", "value": "A-17"}, {"snooze": "day"},
    ):  # fmt: skip
        page = ana.post(f"{office.path}/change", back=office.path, **form)
        assert page.status_code == 200, page.text[:300]
    row = office.read().row
    assert (row.status, row.priority.name, row.tags) == ("on_hold", "HIGH", ("cake",))
    assert row.snoozed_until
    for words in ("status: on hold", "priority: high", "given to Ana", "tags: cake", "order: A-17", "snoozed until"):
        assert words in page.text, words
    ana.post(f"{office.path}/change", department=str(office.sweets), back="/desk")
    assert office.read().row.department == office.sweets


def test_a_mass_change_says_how_many_and_is_undone_as_one(office: Office, ana: Desk):
    done = ana.post("/desk/many", c=str(office.conversation), status="spam", assignee="keep", back="/desk?view=all")
    assert "1 conversation changed." in done.text
    assert office.read().row.status == "spam"
    undo = re.search(r'action="(/desk/undo/[\w-]+)"', done.text)
    assert undo
    ana.post(undo[1])
    assert office.read().row.status == "new"


def test_merging_splitting_and_linking_are_done_and_undone_from_the_page(office: Office, ana: Desk):
    with office.database.begin() as db:
        arrival = replace(mail("two", "And my order?"), at=utc_now(), department=office.orders)
        [got] = room.receive(db, [arrival], now=utc_now())
        mia = next(a for a in team.agents(db) if a.email == MIA.email)
        other = room.thread(db, got.conversation, by=mia).row.number
    merged = ana.post(f"/desk/c/{other}/join", number=f"#{office.number}", do="merge")
    assert merged.url.path == office.path and "And my order?" in merged.text
    parted = ana.post(f"{office.path}/part", other=str(got.conversation), do="part", back=office.path)
    assert "And my order?" not in _thread(parted.text)
    linked = ana.post(f"{office.path}/join", number=str(other), do="link", back=office.path)
    assert f'href="/desk/c/{other}"' in linked.text
    answer(ana, office, "Here it is.")
    split = ana.post(f"{office.path}/split", message=str(office.read().messages[-1].id))
    assert split.url.path != office.path and "Here it is." in split.text


def _thread(page: str) -> str:
    return page.split('id="thread"')[1].split("<form class=", maxsplit=1)[0]


def test_search_finds_marks_and_explains(office: Office, ana: Desk):
    found = ana.get("/desk", q="cake from:omar in:email").text
    assert office.path in found and "<mark>cake</mark>" in found
    assert "Nothing has these words" in ana.get("/desk", q="zeppelin").text
    assert 'role="alert"' in ana.get("/desk", q="before:yesterdayish").text


def test_who_follows_is_said_and_a_colleague_can_be_made_to(office: Office, ana: Desk):
    with office.database.begin() as db:
        bram = next(a for a in team.agents(db) if a.email == BRAM.email)
    page = ana.post(f"{office.path}/follow", do="follow", agent=str(bram.id), back=office.path).text
    assert office.read().followers == (bram.id,) and "Followed by" in page
    assert office.signed_in(BRAM.email).get(office.path).status_code == 200
    ana.post(f"{office.path}/follow", do="unfollow", agent=str(bram.id), back=office.path)
    assert office.read().followers == ()
    gone = "0195a0f0-0000-7000-8000-000000000000"
    assert ana.post(f"{office.path}/follow", do="follow", agent=gone, back=office.path).status_code == 422


def test_two_customers_are_joined_only_by_who_means_it(office: Office, ana: Desk):
    with office.database.begin() as db:
        arrival = replace(mail("two", "Mine!", sender=MALLORY), at=utc_now(), department=office.orders)
        [got] = room.receive(db, [arrival], now=utc_now())
        other = room.thread(db, got.conversation, by=room.Machine("test")).row.number
    asked = ana.post(f"/desk/c/{other}/join", number=f"{office.number}", do="merge", back=f"/desk/c/{other}")
    assert asked.status_code == 409 and "two customers" in asked.text and office.read().merged == ()
    ana.post(f"/desk/c/{other}/join", number=f"{office.number}", do="merge", sure="yes")
    assert len(office.read().merged) == 1


def test_the_next_task_is_handed_out_once(office: Office, ana: Desk):
    assert ana.post("/desk/next").url.path == office.path
    assert office.read().row.assignee
    mia = office.signed_in(MIA.email)
    assert mia.post("/desk/next").url.path == "/desk"
    assert mia.post("/desk/next", here="x" * 36).url.path == "/desk"


def test_an_own_view_is_kept_and_forgotten(office: Office, ana: Desk):
    asked = {"ask.field": "address", "ask.operator": "contains", "ask.value": "omar"}
    view = ana.post("/desk/views", name="Omar's", **asked)
    assert "Omar&#39;s" in view.text and office.path in view.text
    assert "Omar&#39;s" not in office.signed_in(MIA.email).get("/desk").text
    saved = re.search(r"saved=([\w-]+)", str(view.url))
    assert saved
    ana.post(f"/desk/views/{saved[1]}/delete")
    assert "Omar&#39;s" not in ana.get("/desk").text


def test_who_else_looks_is_said(office: Office, ana: Desk):
    mia = office.signed_in(MIA.email)
    mia.post(f"{office.path}/look", do="typing")
    assert "Mia is writing" in ana.get(office.path).text
    mia.post(f"{office.path}/look", do="away")
    assert "Mia is" not in ana.get(office.path).text


def test_a_fact_noted_for_the_customer_is_marked_so(office: Office, ana: Desk):
    page = ana.get(office.path).text
    assert 'value="language=nl"' in page
    noted = ana.post(f"{office.path}/fact", fact="language=nl", back=office.path).text
    assert f"noted by {ANA.email}" in noted and 'data-kind="chosen"' in noted


def test_fields_are_defined_by_managers_and_filled_in_by_kind(office: Office, ana: Desk):
    assert ana.get("/admin/fields").status_code == 403
    mia = office.signed_in(MIA.email)
    for form in (
        {"name": "guests", "kind": "number", "label.en": "How many guests"}, {"name": "paid", "kind": "flag"},
        {"name": "wrap", "kind": "choice", "values": "gift: Gift wrap\nplain"},
    ):  # fmt: skip
        assert "<b>" + form["name"] in mia.post("/admin/fields", **form).text
    page = ana.get(office.path).text
    assert all(words in page for words in ('name="field.guests"', "How many guests", "Gift wrap", 'name="field.paid"'))
    filled = {"field.guests": "12", "field.wrap": "gift", "field.paid": "yes"}
    page = ana.post(f"{office.path}/change", back=office.path, **filled).text
    assert office.read().fields == {"guests": 12, "wrap": "gift", "paid": True}
    assert "How many guests</span> 12" in page and "paid</span> yes" in page
    for wrong in ({"field.guests": "many"}, {"field.wrap": "foil"}):
        assert ana.post(f"{office.path}/change", **wrong).status_code == 422
    ana.post(f"{office.path}/change", **{"field.guests": "", "field.paid": "no"})
    assert office.read().fields == {"wrap": "gift", "paid": False}
    mia.post("/admin/fields/remove", name="paid")
    assert 'name="field.paid"' not in ana.get(office.path).text


def test_a_text_too_long_to_keep_is_refused_whole(office: Office, ana: Desk):
    for path in ("reply", "draft"):
        refused = ana.post(f"{office.path}/{path}", text="x" * 200_001, back=office.path)
        assert refused.status_code == 422 and "200,000" in refused.text
    assert len(office.read().messages) == 1
    assert ana.post(f"{office.path}/draft", text="x" * 150_000).status_code == 204
