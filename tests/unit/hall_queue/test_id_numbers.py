"""Which numbers people may identify themselves with: citizens, residents of Hong Kong, Macao and Taiwan, foreigners."""

from __future__ import annotations

import pytest
from stdnum.iso7064 import mod_11_2

from hall_queue.people import PersonGiven, checked
from hall_server.errors import Invalid

CITIZEN = "11010519491231002X"  # the example of GB 11643-1999
FOREIGNER = "911124198108030024"  # the specimen of the card of 2023
COMPATRIOTS = ["810000199408230021", "830000199201300022"]  # specimens of the permits
MACAO = "82000019940823002" + mod_11_2.calc_check_digit("82000019940823002")


def taken(number: str) -> str | None:
    person = checked(PersonGiven(id_number=number))
    return person.id_number if person else None


@pytest.mark.parametrize("number", [CITIZEN, FOREIGNER, MACAO, *COMPATRIOTS])
def test_the_numbers_of_all_cards_that_a_reader_reads_are_taken(number: str) -> None:
    assert taken(number) == number
    assert taken(f"{number[:6]} {number[6:14]} {number[14:].lower()}") == number


@pytest.mark.parametrize("number", [CITIZEN, FOREIGNER, MACAO, *COMPATRIOTS])
def test_every_other_check_digit_is_refused_and_the_number_repeated_nowhere(number: str) -> None:
    for last in "0123456789X".replace(number[-1], ""):
        with pytest.raises(Invalid) as caught:
            taken(number[:-1] + last)
        assert (caught.value.code, caught.value.fields) == ("person.id_number", {"person.id_number": "check"})


def with_check(first: str) -> str:
    return first + mod_11_2.calc_check_digit(first)


@pytest.mark.parametrize(
    "number",
    [
        with_check("91112419811303002"),  # the thirteenth month
        with_check("90012419810803002"),  # a province there is not
        with_check("91100019810803002"),  # no nationality
        with_check("84000019940823002"),  # a place there is not
        with_check("81000019940230002"),  # the thirtieth of February
        with_check("81012319940823002"),  # no permit is from below the region
        "91112419810803002",  # too short
        "9111241981080300244",  # too long
        "ABC124198108030",  # a foreigner's card of 2017
        "9A1124198108030024",
    ],
)
def test_what_no_office_gives_is_refused(number: str) -> None:
    with pytest.raises(Invalid):
        taken(number)
