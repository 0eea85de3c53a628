"""A pasted list loses nobody: every line gives a person, or says what is wrong with it and what was meant."""

import csv
import io
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.addresses import (
    LARGEST_FILE,
    MOST_LINES,
    AddressFaulty,
    Fault,
    ListTooLarge,
    NotText,
    Person,
    decode,
    is_free_mail,
    mailbox,
    meant_domain,
    read_people,
    read_person,
    resembles,
)
from survey.spreadsheets import WorkbookRefused, is_workbook

BRAM = Person("Bram Kok", "bram@bakkerijdevries.example")


@pytest.mark.parametrize(
    "line",
    [
        "Bram Kok <bram@bakkerijdevries.example>",
        '"Bram Kok" <bram@bakkerijdevries.example>;',
        "Bram Kok;bram@bakkerijdevries.example",
        '"Bram Kok","bram@bakkerijdevries.example"',
        "Bram Kok\tbram@bakkerijdevries.example\t06 12345678",
        "Bram;Kok;bram@bakkerijdevries.example;bakker",
        "bram@bakkerijdevries.example;Bram Kok",
        "Bram Kok bram@bakkerijdevries.example",
        "  Bram\u00a0Kok   <mailto:bram@BakkerijDeVries.example> ,",
        "Bram\u200b \u202eKok <bram@bakkerijdevries.example>",
    ],
)
def test_however_it_was_copied_bram_is_read_as_bram(line: str) -> None:
    assert read_people(line).people == (BRAM,)
    assert read_people(line).faults == ()


def test_a_bare_address_is_a_person_without_a_name() -> None:
    assert read_people("bram@bakkerijdevries.example").people == (Person("", "bram@bakkerijdevries.example"),)


def test_several_people_on_one_line_are_all_read() -> None:
    read = read_people("De Vries, Karin <karin@a.example>; Kok, Bram <bram@a.example>, lotte@a.example  hans@a.example")
    assert [person.address for person in read.people] == [
        "karin@a.example",
        "bram@a.example",
        "lotte@a.example",
        "hans@a.example",
    ]
    assert read.people[0].name == "De Vries, Karin"


def test_a_header_says_which_column_holds_the_name() -> None:
    read = read_people("Functie;Achternaam;Voornaam;E-mail\nbakker;Kok;Bram;bram@bakkerijdevries.example\n;;;\n")
    assert read.people == (BRAM,)
    assert read.faults == ()


def test_a_header_alone_names_nobody_and_is_no_fault() -> None:
    assert read_people("Naam;E-mail\n") == read_people("")


@pytest.mark.parametrize(
    ("line", "fault", "detail"),
    [
        ("bram@bakkerijdekker", Fault.NO_ENDING, "bakkerijdekker"),
        ("bram.bakkerijdekker.nl", Fault.NO_AT, ""),
        ("Bram Kok", Fault.NO_AT, ""),
        ("bram@@bakkerij.nl", Fault.SEVERAL_AT, ""),
        ("bram@", Fault.NOTHING_AFTER_AT, ""),
        ("@bakkerij.nl", Fault.NOTHING_BEFORE_AT, ""),
        ("bram @bakkerij.nl", Fault.SPACE_INSIDE, "bram@bakkerij.nl"),
        ("bram..kok@bakkerij.nl", Fault.DOT_MISPLACED, ""),
        ("zoë@bakkerij.nl", Fault.STRAY_CHARACTER, "ë"),
        ("bram@bakkerij.local", Fault.NEVER_DELIVERED, "local"),
        (f"{'b' * 70}@bakkerij.nl", Fault.ADDRESS_TOO_LONG, ""),
        (f"{'Bram ' * 40}<bram@bakkerij.nl>", Fault.NAME_TOO_LONG, ""),
        ("bram@-bakkerij.nl", Fault.UNREADABLE, ""),
    ],
)
def test_a_fault_names_its_line_and_what_is_wrong(line: str, fault: Fault, detail: str) -> None:
    read = read_people(f"anna@bakkerij.nl\n\n{line}\nhans@bakkerij.nl")
    assert [(one.line, one.fault, one.detail) for one in read.faults] == [(3, fault, detail)]
    assert [entry.line for entry in read.entries] == [1, 4]


def test_one_mailbox_spelled_twice_is_one_person_and_the_second_line_says_where_the_first_is() -> None:
    read = read_people("jan@mail.example\nJan+1@Mail.example\nj.an@gmail.com\njan@googlemail.com\nj.an@mail.example")
    assert [entry.line for entry in read.entries] == [1, 3, 5]
    assert [(one.line, one.fault, one.detail) for one in read.faults] == [
        (2, Fault.DOUBLE, "1"),
        (4, Fault.DOUBLE, "3"),
    ]


def test_mail_goes_to_the_address_as_it_was_written() -> None:
    assert read_person("J.an+werk@Gmail.com").address == "J.an+werk@gmail.com"
    assert mailbox("J.an+werk@Gmail.com") == "jan@gmail.com"


def test_a_domain_with_accents_is_kept_as_mail_servers_write_it() -> None:
    assert read_person("bram@bäckerei.example").address == "bram@xn--bckerei-5wa.example"


@pytest.mark.parametrize(
    "content",
    [
        "Naam;E-mail\r\nBram Kok;bram@bakkerijdevries.example\r\n".encode("utf-8-sig"),
        "Naam;E-mail\rBram Kok;bram@bakkerijdevries.example\r".encode("cp1252"),
        "Naam\tE-mail\nBram Kok\tbram@bakkerijdevries.example\n".encode("utf-16"),
    ],
)
def test_a_file_of_excel_is_read_in_every_way_it_is_saved(content: bytes) -> None:
    assert read_people(decode(content)).people == (BRAM,)


def test_a_name_with_an_accent_survives_the_code_page_of_windows() -> None:
    assert decode("Zoë;€".encode("cp1252")) == "Zoë;€"
    assert decode("Zoë;€".encode()) == "Zoë;€"


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"bram@bakkerij.nl\0"])
def test_a_file_that_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(NotText):
        decode(content)


def test_ten_thousand_lines_are_refused_by_number_and_not_read_half() -> None:
    with pytest.raises(ListTooLarge) as refused:
        read_people("\n".join(f"a{number}@bakkerij.nl" for number in range(10_000)))
    assert (refused.value.lines, refused.value.most) == (10_000, MOST_LINES)
    with pytest.raises(ListTooLarge):
        decode(b"x" * (LARGEST_FILE + 1))


def test_one_person_is_asked_for_where_one_is_needed() -> None:
    assert read_person("Petra Visser <petra@visser.example>") == Person("Petra Visser", "petra@visser.example")
    with pytest.raises(AddressFaulty) as refused:
        read_person("petra@visser.example; rob@dewit.example")
    assert refused.value.fault is Fault.SEVERAL_AT


def test_an_address_that_looks_like_the_owners_own_is_noticed() -> None:
    own = ["karin.devries@bakkerijdevries.example"]
    assert resembles("devries.karin2@gmail.com", own)
    assert not resembles("kim@gmail.com", own)
    assert not resembles("123@gmail.com", ["456@bakkerij.nl"])
    assert is_free_mail("Bram@Gmail.com")
    assert not is_free_mail(BRAM.address)


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("bram@gmial.com", "gmail.com"),
        ("bram@hotmai.com", "hotmail.com"),
        ("bram@gmail.com", None),
        ("bram@hotel.nl", None),
        ("bram@bakkerijdevries.example", None),
    ],
)
def test_a_slip_in_a_well_known_domain_is_noticed(address: str, meant: str | None) -> None:
    assert meant_domain(address) == meant


PEOPLE = st.lists(
    st.builds(
        Person,
        st.text(string.ascii_letters + "éü-' ", max_size=30).map(lambda name: " ".join(name.strip("' ").split())),
        st.from_regex(r"[a-z][a-z0-9_-]{0,20}@[a-z][a-z0-9]{0,15}\.(nl|com|example)", fullmatch=True),
    ),
    max_size=30,
    unique_by=lambda person: mailbox(person.address),
)


def as_csv(people: list[Person], delimiter: str, quoting: int) -> str:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]  # its stub wants a Literal
    writer.writerow(["Naam", "E-mail"])
    writer.writerows([person.name, person.address] for person in people)
    return written.getvalue()


@given(PEOPLE, st.sampled_from(";\t,"), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_everybody_in_a_csv_comes_back_with_the_same_name(people: list[Person], delimiter: str, quoting: int) -> None:
    read = read_people(as_csv(people, delimiter, quoting))
    assert list(read.people) == people
    assert read.faults == ()


@given(PEOPLE)
def test_every_person_in_a_pasted_list_comes_back(people: list[Person]) -> None:
    read = read_people("\n".join(f"{person.name} <{person.address}>" for person in people))
    assert list(read.people) == people


LINES = st.lists(st.text(max_size=60) | st.text("ab@.<>;, \t\"'", max_size=20), max_size=15)


@given(LINES)
def test_whatever_is_pasted_no_line_with_an_at_goes_unanswered(lines: list[str]) -> None:
    text = "\n".join(line.replace("\r", "") for line in lines)
    read = read_people(text)
    answered = {entry.line for entry in read.entries} | {fault.line for fault in read.faults}
    assert {number for number, line in enumerate(text.split("\n"), start=1) if "@" in line} <= answered
    assert len({mailbox(person.address) for person in read.people}) == len(read.people)


@given(st.binary(max_size=300))
def test_no_file_brings_the_reader_down(content: bytes) -> None:
    try:
        read_people(decode(content))
    except NotText:
        assert b"\0" in content or content.startswith(b"%PDF")
    except WorkbookRefused:
        assert is_workbook(content)
