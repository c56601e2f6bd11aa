"""Somebody files in a browser in which a clerk is signed in: neither is in the other's way."""

from __future__ import annotations

from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from tests.fakes.applying import BASE, applying_hall
from tests.fakes.cases_desk import NUMBER
from tests.fakes.confirming import PASSWORD, Answer, Who

SESSION = "/api/v1/applicant/session"


class Browser(Who):
    """One jar for all pages; each sends the token of its own cookie, as `xsrf.js` does."""

    jar: SimpleCookie

    async def go(self, method: str, path: str, body: object = None, *, token: str = "") -> Answer:
        self.headers = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in self.jar.items())}
        if token in self.jar:
            self.headers["X-XSRFToken"] = self.jar[token].value
        answer = await self.ask(method, path, body)
        for line in answer.headers.get_list("Set-Cookie"):
            [(name, one)] = SimpleCookie(line).items()
            if one["max-age"] == "0":
                self.jar.pop(name, None)
            else:
                self.jar[name] = one.value
        return answer


@pytest.mark.gen_test(timeout=60)
async def test_signing_in_and_out_leaves_the_other_pages_their_token(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        await hall.hall.signed_in()  # there is such an account
        page = Browser(hall.port)
        page.jar = SimpleCookie()
        assert (await page.go("POST", "/api/v1/session", {"name": "s01", "password": PASSWORD})).code == 200
        before = page.jar["_xsrf"].value

        async def clerk_writes() -> int:
            return (await page.go("POST", "/api/v1/windows/w01/open", {}, token="_xsrf")).code

        assert await clerk_writes() in {200, 409}
        code = await hall.code(Who(hall.port))
        assert (await page.go("POST", SESSION, {"id_number": NUMBER, "code": code})).code == 200
        assert (await page.go("GET", SESSION)).code == 200
        assert page.jar["_xsrf"].value == before
        assert await clerk_writes() in {200, 409}
        wanted = {"matter": hall.matter}
        assert (await page.go("POST", BASE, wanted, token="_xsrf")).error == "xsrf.wrong"
        assert (await page.go("POST", BASE, wanted, token="_xsrf_applicant")).code == 200
        assert (await page.go("DELETE", SESSION, token="_xsrf_applicant")).code == 204
        assert "_xsrf_applicant" not in page.jar
        assert page.jar["_xsrf"].value == before
        assert await clerk_writes() in {200, 409}
