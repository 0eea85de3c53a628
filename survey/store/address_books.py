"""Address books: whom an owner invites each time. His own list, linked to no round. It must not know what they said."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.chance import new_id
from survey.perspectives import ANONYMOUS
from survey.store.database import Base, db


class AddressBook(Base):
    """One owner's list for one company, and how much of it changed since a list was last frozen: only the number."""

    __tablename__ = "address_book"
    __table_args__ = (CheckConstraint("moved_least >= 0 AND moved_most >= moved_least", name="from_least_to_most"),)

    company_id: Mapped[str] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    cards: Mapped[int] = mapped_column(default=0)
    """How many employees get a card; 0 when they are invited by mail."""
    counted_since: Mapped[date | None]
    """The last day of the list with which the employees in this book were last compared."""
    moved_least: Mapped[int] = mapped_column(default=0)
    moved_most: Mapped[int] = mapped_column(default=0)
    """How many employees joined plus how many left since then: somebody who left may have come back."""

    entries: Mapped[list["AddressBookEntry"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="AddressBookEntry.name, AddressBookEntry.address"
    )


class AddressBookEntry(Base):
    """Somebody in an address book."""

    __tablename__ = "address_book_entry"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "account_id"],
            ["address_book.company_id", "address_book.account_id"],
            name="fk_address_book_entry_book",
            ondelete="CASCADE",
        ),
        UniqueConstraint("company_id", "account_id", "address"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    company_id: Mapped[str] = mapped_column(String(32))
    account_id: Mapped[int]
    perspective: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(254))


def address_book_of(company_id: str, account_id: int) -> AddressBook | None:
    """Return an owner's address book for a company, or nothing when there is none."""
    return db.session.get(AddressBook, (company_id, account_id))


def all_address_books() -> list[AddressBook]:
    """Return every address book."""
    return list(db.session.scalars(db.select(AddressBook).order_by(AddressBook.company_id, AddressBook.account_id)))


def entries_with(address: str) -> list[AddressBookEntry]:
    """Return the lines of all address books that hold this address, in whatever capitals."""
    query = db.select(AddressBookEntry).where(db.func.lower(AddressBookEntry.address) == address.lower())
    return list(db.session.scalars(query.order_by(AddressBookEntry.id)))


def count_a_change(book: AddressBook, changed: int) -> None:
    """Count so many more employees who joined or left."""
    book.moved_least, book.moved_most = with_a_change(book.moved_least, book.moved_most, changed)


def with_a_change(least: int, most: int, changed: int) -> tuple[int, int]:
    """Return how many moved at least and at most once so many more did, of whom each may undo an earlier move."""
    return max(0, changed - most, least - changed), most + changed


def strike_out(entries: Iterable[AddressBookEntry]) -> int:
    """Take people out of the address books they stand in; return how many lines went. The caller commits."""
    struck = 0
    for entry in entries:
        if entry.perspective in ANONYMOUS:
            count_a_change(db.session.get_one(AddressBook, (entry.company_id, entry.account_id)), 1)
        db.session.delete(entry)
        struck += 1
    db.session.flush()
    return struck
