"""What people say at the desk finds the right matter among the first three, also with a mistake in it."""

from collections import Counter

import pytest

from bench.search_phrases import CATALOGUE, Mistakes, district, is_found, phrases, share_found
from hall_server.directory.catalogue_import import read
from hall_server.directory.model import Matter, TaskType
from hall_server.directory.numbers import numbers_in
from hall_server.directory.search import MatterSearch, normalise
from hall_server.directory.words import Words, read_words

ASKED = 0.85


@pytest.fixture(scope="module")
def search() -> MatterSearch:
    """The real catalogue; what the words file knows and nothing else."""
    return district()


def first(search: MatterSearch, said: str) -> str:
    """Name of the first matter found."""
    found = search.find(said, limit=1)
    return found[0].name if found else ""


def test_the_phrases_are_two_hundred_and_fifty_of_them_are_held_out() -> None:
    tuning, held_out = phrases()
    assert (len(tuning), len(held_out)) == (150, 50)
    assert len({one.phrase for one in (*tuning, *held_out)}) == 200


def test_the_right_matter_is_among_the_first_three(search: MatterSearch) -> None:
    tuning, held_out = phrases()
    missed = [one.phrase for one in tuning if not is_found(search, one)]
    assert len(missed) <= (1 - ASKED) * len(tuning), missed
    assert share_found(search, held_out) >= ASKED  # which ones are missed is not looked at


@pytest.mark.parametrize("mistake", ["same_sound", "like_sound", "any_character", "pinyin", "pinyin_apart", "slip"])
def test_one_mistake_still_finds_it(search: MatterSearch, mistake: str) -> None:
    tuning, held_out = phrases()
    change = getattr(Mistakes(), mistake)
    said = [*tuning, *held_out]
    assert share_found(search, said, change) >= ASKED


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("落户", "户口登记"),
        ("戶口登記", "户口登记"),
        ("离婚", "离婚登记预约"),
        ("離婚登記", "离婚登记预约"),
        ("hùkǒu dēngjì", "户口登记"),
        ("hu4kou3deng1ji4", "户口登记"),
        ("上hukou", "户口登记"),
        ("fukoudengji", "户口登记"),
        ("我想问一下怎么开KTV啊", "设立歌舞娱乐场所《娱乐经营许可证》核发"),
        ("八十岁以上的津贴", "80周岁以上老年人高龄津贴发放"),
    ],
)
def test_the_matter_meant_comes_first(search: MatterSearch, said: str, name: str) -> None:
    assert first(search, said) == name


@pytest.mark.parametrize("said", ["我想问一下", "怎么办", "vvvv", "0000", "天王盖地虎", "厕所在哪里", "hello"])
def test_what_means_nothing_finds_nothing(search: MatterSearch, said: str) -> None:
    assert search.find(said) == []


def test_numbers_are_understood_as_people_say_them() -> None:
    assert numbers_in("八十岁") == ["80"]
    assert numbers_in("一千人以上五千人以下") == ["1000", "5000"]
    assert numbers_in("三百五十和2万") == ["350"]
    assert numbers_in("一家人") == []


def test_words_of_an_edition_lead_to_its_matter() -> None:
    matter = Matter(id="m1", code="C1", name="排水许可", department="d", line="a", task_type=TaskType.LICENCE)
    search = MatterSearch()
    search.rebuild([matter], also={"m1": ("洗车店",)})
    assert [one.id for one in search.find("我想开洗车店")] == ["m1"]
    search.rebuild([matter])
    assert search.find("我想开洗车点") == []


def test_a_hall_without_everyday_words_still_finds_names() -> None:
    search = MatterSearch(Words())
    search.rebuild([Matter(id="m", code="C", name="护照", department="d", line="a", task_type=TaskType.LICENCE)])
    assert first(search, "办护照") == "护照"


def test_every_meaning_in_the_file_stands_in_a_name_and_nothing_is_said_twice() -> None:
    words, names = read_words(), [normalise(row.name) for row in read(CATALOGUE).rows]
    means = {term: [normalise(part) for part in term.split()] for word in words.word for term in word.means}
    idle = [term for term, parts in means.items() if not any(all(map(name.__contains__, parts)) for name in names)]
    said = Counter(text for word in words.word for text in word.say)
    assert idle == []
    assert [text for text, times in said.items() if times > 1] == []
