"""The numbers by which people are known: of identity cards, residence permits and foreigners' permanent cards.

All three have 18 places, the date of birth in the same ones and the same check digit (ISO 7064, MOD 11-2).

Source: GB 11643-1999 (公民身份号码); 港澳台居民居住证申领发放办法, 国办发〔2018〕81号, article 3, for 810000, 820000
and 830000; 新版外国人永久居留身份证机读信息规则 (2023版), part 2, for 9, province, nationality, birth, order.
"""

from __future__ import annotations

from stdnum import numdb
from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent, InvalidFormat, InvalidLength
from stdnum.iso7064 import mod_11_2
from stdnum.util import clean

LENGTH = 18
FOREIGNER = "9"
"""First digit of a foreigner's permanent residence card since 1 December 2023."""
COMPATRIOTS = ("810000", "820000", "830000")
"""Places of residence permits: Hong Kong, Macao, Taiwan."""
REGIONS = ("81", "82", "83")


def validated(number: str) -> str:
    """The number without blanks and hyphens.

    Raises:
        ValidationError: it cannot be one, by its length, its digits, its place, its date of birth or its check digit.
    """
    compact = clean(number, " -").upper()
    if not compact.startswith((FOREIGNER, *REGIONS)):
        return str(ric.validate(compact))
    if len(compact) != LENGTH:
        raise InvalidLength()
    if not (compact.isascii() and compact[:-1].isdigit()):
        raise InvalidFormat()
    mod_11_2.validate(compact)
    ric.get_birth_date(compact)
    if compact.startswith(FOREIGNER):
        _check_origin(compact)
    elif not compact.startswith(COMPATRIOTS):
        raise InvalidComponent()
    return compact


def _check_origin(number: str) -> None:
    """Refuse a foreigner's number from a province there is not, or of no nationality."""
    (_, province), *_ = numdb.get("cn/loc").info(number[1:3] + "0000")
    if not province or number[3:6] == "000":
        raise InvalidComponent()
