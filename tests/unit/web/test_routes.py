"""Routes say who may use them, or the server does not start; the interface's description is valid OpenAPI."""

import pytest
from openapi_spec_validator import validate

from hall_server.directory import staff_web
from hall_server.directory import web as directory_web
from hall_server.identity import Actor, Role
from hall_server.web import live_socket, metrics, signin, texts
from hall_server.web.handlers import ApiHandler
from hall_server.web.openapi import document
from hall_server.web.routes import (
    ADMIN,
    DEVICE,
    MANAGER,
    PUBLIC,
    STAFF,
    Kind,
    Route,
    Unguarded,
    Verb,
    api,
    audit,
    roles,
)

OWN = [
    *signin.routes(),
    *texts.routes(),
    *metrics.routes(),
    live_socket.live_route(),
    *directory_web.routes(),
    *staff_web.routes(),
]


class Echo(ApiHandler):
    async def get(self):
        self.answer({})


def staff(*names):
    return Actor(kind=Role.STAFF, id="s01", roles=frozenset(names))


def test_the_bases_own_routes_are_all_guarded():
    audit(OWN)


@pytest.mark.parametrize(
    ("route", "fault"),
    [
        (Route("/x", Echo, {}), "/x: has no verb"),
        (Route("/x", Echo, {"GET": None}), "/x: GET has no access"),
        (Route("/x", Echo, {"GET": Verb(access=None, summary="s", reply=str)}), "/x: GET has no access"),
        (api("/x", Echo, get=Verb(access=PUBLIC, reply=str)), "/x: GET has no summary"),
        (api("/x", Echo, get=Verb(access=PUBLIC, summary="s")), "/x: GET does not say what it answers"),
        (api("/x", Echo, post=Verb(access=PUBLIC, summary="s", reply=str)), "/x: POST is not handled"),
    ],
)
def test_a_route_that_does_not_say_enough_is_named(route, fault):
    with pytest.raises(Unguarded, match=fault):
        audit([*OWN, route])


def test_access_admits_those_with_one_of_its_roles_only():
    assert PUBLIC.admits(staff())
    assert MANAGER.admits(staff(Role.MANAGER))
    assert not MANAGER.admits(staff(Role.STAFF))
    assert not ADMIN.admits(staff(Role.MANAGER))
    assert (STAFF | DEVICE).admits(staff(Role.DEVICE))
    assert (STAFF | PUBLIC).is_public
    assert not roles().admits(staff(Role.ADMIN))


def test_a_path_names_what_it_holds():
    route = Route("/t/{token:[\\w-]{22}}/qr.svg", Echo, {}, kind=Kind.PAGE)
    assert route.parameters == ["token"]
    assert route.template == "/t/{token}/qr.svg"
    assert route.pattern == "/t/(?P<token>[\\w-]{22})/qr.svg$"


def test_a_plain_expression_stays_as_it_is():
    assert Route("/t/[\\w-]{22}", Echo, {}).pattern == "/t/[\\w-]{22}$"


def test_the_description_of_the_interface_is_valid_and_names_every_error():
    made = document(OWN, title="OneDoor", version="0")
    validate(made)
    post = made["paths"]["/api/v1/session"]["post"]
    assert post["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/SignIn"}
    assert {"200", "400", "413", "429"} <= set(post["responses"])
    assert made["paths"]["/api/v1/staff"]["get"]["security"] == [{"session": ["admin", "manager"]}]


def test_every_operation_has_an_id_of_its_own():
    made = document(OWN, title="OneDoor", version="0")
    ids = [one["operationId"] for path in made["paths"].values() for one in path.values()]
    assert len(ids) == len(set(ids))
