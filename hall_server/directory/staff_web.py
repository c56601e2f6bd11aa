"""Staff over HTTP: their entry in the directory and their account in one form."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hall_server.directory.commands import SaveStaff
from hall_server.directory.model import Staff
from hall_server.directory.web import RecordsHandler, collection, fields_of, merged, stable_id
from hall_server.errors import Forbidden, Invalid
from hall_server.identity import Role
from hall_server.web import passwords
from hall_server.web.accounts import Account
from hall_server.web.routes import MANAGER, Route, Verb

_ACCOUNT_FIELDS = ("name", "display_name", "password")


class StaffMember(msgspec.Struct, frozen=True):
    """Somebody who works in the hall; ``name`` is what they sign in with, "" without an account."""

    id: str
    number: str
    roles: tuple[str, ...]
    windows: tuple[str, ...]
    departments: tuple[str, ...]
    active: bool
    name: str
    display_name: str
    locked: bool
    marks: tuple[str, ...] = ()
    photo: str | None = None


class StaffList(msgspec.Struct, frozen=True):
    """Part of the staff and how many there are."""

    items: list[StaffMember]
    total: int


class NewStaff(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody new, with an account."""

    id: str = ""
    number: str
    roles: tuple[str, ...] = (Role.STAFF.value,)
    windows: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    photo: str | None = None
    active: bool = True
    name: str
    display_name: str
    password: str


class StaffChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to change of somebody; a new password signs them out everywhere."""

    id: str | msgspec.UnsetType = msgspec.UNSET
    number: str | msgspec.UnsetType = msgspec.UNSET
    roles: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    windows: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    departments: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    marks: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    photo: str | msgspec.UnsetType | None = msgspec.UNSET
    active: bool | msgspec.UnsetType = msgspec.UNSET
    name: str | msgspec.UnsetType = msgspec.UNSET
    display_name: str | msgspec.UnsetType = msgspec.UNSET
    password: str | msgspec.UnsetType = msgspec.UNSET


class StaffHandler(RecordsHandler):
    """Shared by the list and the single entries."""

    def member(self, staff: Staff) -> StaffMember:
        """The entry with its account."""
        account = self.web.accounts.get(staff.id)
        now = self.server.clock.now().timestamp()
        return StaffMember(
            id=staff.id,
            number=staff.number,
            roles=staff.roles,
            windows=staff.windows,
            departments=staff.departments,
            active=staff.active,
            name=account.name if account else "",
            display_name=account.display_name if account else "",
            locked=bool(account and account.locked_until and account.locked_until > now),
            marks=staff.marks,
            photo=staff.photo,
        )

    async def save(self, staff: Staff, account: Account, password: str | None) -> StaffMember:
        """Check the account, save the entry, then the account.

        Raises:
            Forbidden, Invalid, Refused: nothing has been saved.
        """
        self._require_power_over(staff)
        accounts = self.web.accounts
        accounts.check_name(account.name, id_=staff.id)
        if password is not None:
            passwords.check_rules(password, account.name)
        elif not account.password:
            raise Invalid("password.required", field="password")
        accounts.check_display_name(account.display_name)
        await self.server.execute(SaveStaff(item=staff), actor=self.actor, command_id=self.command_id)
        await accounts.save(account, password=password)
        if password is not None or not staff.active:
            await self.web.sessions.end_all(staff.id, but=self.session.id if self.session else None)
        return self.member(self.found(staff.id))

    def _require_power_over(self, staff: Staff) -> None:
        """Only an administrator touches administrators, their passwords too."""
        old = self.records.get(staff.id)
        roles = {*staff.roles, *(old.roles if old else ())}
        if Role.ADMIN.value in roles and not self.actor.may(Role.ADMIN):
            raise Forbidden("directory.role_above_own", field="roles", value=Role.ADMIN.value)


class StaffListHandler(StaffHandler):
    """``/api/v1/staff``."""

    async def get(self) -> None:
        """List the staff."""
        self.answer_list(map(self.member, self.records.values()), text=_searched)

    async def post(self) -> None:
        """Make an entry with its account."""
        given = fields_of(self.read(NewStaff))
        named = {name: given.pop(name) for name in _ACCOUNT_FIELDS}
        key = self.command_id
        given["id"] = given["id"] or (stable_id(self.actor, key) if key else self.server.ids.new())
        staff = Staff(**given)
        account = self.web.accounts.get(staff.id) or _account(staff, named["name"], named["display_name"])
        self.answer(await self.save(staff, account, named["password"]))


class StaffMemberHandler(StaffHandler):
    """``/api/v1/staff/{id}``."""

    async def get(self, id: str) -> None:  # noqa: A002  # the name in the path
        """Show one entry."""
        self.answer(self.member(self.found(id)))

    async def patch(self, id: str) -> None:  # noqa: A002  # the name in the path
        """Change the given fields of the entry and the account."""
        given = fields_of(self.read(StaffChange))
        named = {name: given.pop(name) for name in _ACCOUNT_FIELDS if name in given}
        staff = merged(self.found(id), given)
        old = self.web.accounts.get(id) or _account(staff, "", "")
        account = _account(staff, named.get("name", old.name), named.get("display_name", old.display_name), old)
        self.answer(await self.save(staff, account, named.get("password")))


def routes() -> Iterable[Route]:
    """The routes of this module."""
    options = {"kind": collection("staff", Staff, SaveStaff)}
    query = {"q": "words of number, name or full name", "limit": "at most so many", "offset": "leave out so many"}
    yield Route(
        "/api/v1/staff",
        StaffListHandler,
        {
            "GET": Verb(access=MANAGER, summary="List staff", reply=StaffList, query=query),
            "POST": Verb(
                access=MANAGER, summary="Make an entry and account", request=NewStaff, reply=StaffMember, status=201
            ),
        },
        options=options,
    )
    yield Route(
        "/api/v1/staff/{id}",
        StaffMemberHandler,
        {
            "GET": Verb(access=MANAGER, summary="Show somebody", reply=StaffMember),
            "PATCH": Verb(access=MANAGER, summary="Change somebody", request=StaffChange, reply=StaffMember),
        },
        options=options,
    )


def _account(staff: Staff, name: str, display_name: str, old: Account | None = None) -> Account:
    return Account(
        id=staff.id,
        name=name,
        display_name=display_name,
        number=staff.number,
        password=old.password if old else "",
        totp=old.totp if old else None,
        roles=staff.roles,
        windows=staff.windows,
        active=staff.active,
        failed=old.failed if old else 0,
        locked_until=old.locked_until if old else None,
    )


def _searched(member: StaffMember) -> str:
    return f"{member.id} {member.number} {member.name} {member.display_name}".casefold()
