"""How text becomes terms: the one analyzer that documents and queries both pass through.

Compatibility forms (NFKC) → lower case → simplified characters → everything that is
neither letter nor digit becomes a gap. Chinese runs become overlapping pairs and a
last single character; a run of letters or digits is one word. Names are read aloud
too (pinyin), so that `laowang`, `wangshuiguo` and `lwsg` find 老王水果.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Part of every index; an index written by another version is filled anew.
VERSION = 1

LONGEST_QUERY = 100
LONGEST_WORD = 100
SOUNDED_CHARACTERS = 60

_HAN = "々〇㐀-䶿一-鿿豈-﫿\U00020000-\U000323af"
_RUN = re.compile(f"[{_HAN}]+|[^{_HAN} ]+")
_GAP = re.compile(r"[\W_]+")
_SOUND_WORD = re.compile("[a-z0-9]+")
_QUOTED = re.compile('["“”„‟「『](?P<words>[^"“”„‟「」『』]*)["“”„‟」』]')

# Readings as a surname, where the everyday reading differs.
_SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "查": "zha", "盖": "ge", "区": "ou", "朴": "piao",
    "翟": "zhai", "任": "ren", "华": "hua", "缪": "miao", "乐": "yue", "折": "she", "秘": "bi", "员": "yun",
    "黑": "he", "尉": "yu", "燕": "yan", "卜": "bu", "召": "shao", "繁": "po", "种": "chong", "宁": "ning",
}  # fmt: skip
_SURNAME_PLACE = re.compile(
    "(?:(?<=[老小阿大])|^)[{0}]|[{0}](?=[记氏家姐哥嫂叔婶伯姨妈爸])".format("".join(_SURNAMES))
)


@dataclass(frozen=True)
class Term:
    """One thing the searcher asks for: a run of characters that must stand together in one field."""

    text: str
    pieces: tuple[str, ...]

    @property
    def sound(self) -> str:
        """Return the letters to look for in the readings of names, or nothing."""
        return self.text if _SOUND_WORD.fullmatch(self.text) else ""

    @property
    def is_exact(self) -> bool:
        """Tell whether the postings alone decide it: one word, or at most two characters."""
        return len(self.pieces) == 1 and (not is_han(self.text) or len(self.text) <= 2)


def is_han(text: str) -> bool:
    """Tell whether a run begins with a Chinese character, and so consists of them."""
    return bool(text) and bool(re.match(f"[{_HAN}]", text))


def fold(text: str) -> str:
    """Return the text in the form that is compared, its gaps as single spaces."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(_simplified())
    return _GAP.sub(" ", plain).strip()


@cache
def _simplified() -> dict[int, str]:
    """Return OpenCC's table from traditional to simplified characters.

    Character by character, never by phrases: part of a text must fold into part of
    the folded text, or a query would miss what it was copied from.
    """
    import opencc

    table = {ord("ü"): "v"}
    path = Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        traditional, _, simplified = line.partition("\t")
        if len(traditional) == 1 and simplified:
            table[ord(traditional)] = simplified.split(" ")[0]
    return table


def runs(folded: str) -> list[str]:
    """Return the Chinese runs and the words of a folded text, in order."""
    return _RUN.findall(folded)


def tokens(folded: str) -> set[str]:
    """Return what a folded text is filed under."""
    found: set[str] = set()
    for run in runs(folded):
        found.update(run_tokens(run))
    return found


def run_tokens(run: str) -> list[str]:
    """Return a run's pairs and its last character, or the word itself."""
    if not is_han(run):
        return [run] if len(run) <= LONGEST_WORD else []
    return [run[i : i + 2] for i in range(len(run))]


def terms_of(words: str) -> tuple[str, list[Term]]:
    """Return the folded query and its terms; only the first LONGEST_QUERY characters count.

    Gaps part terms, except between quotation marks. No character is an operator.
    """
    words = unicodedata.normalize("NFKC", words[:LONGEST_QUERY])[:LONGEST_QUERY]
    phrases = [fold(match["words"]) for match in _QUOTED.finditer(words)]
    loose = fold(_QUOTED.sub(" ", words)).split()
    texts = dict.fromkeys(text for text in (*phrases, *loose) if text)
    return fold(words), [Term(text, tuple(runs(text))) for text in texts]


def holds(folded: str, text: str) -> bool:
    """Tell whether a folded field holds a term's text, its first and last words whole."""
    at = folded.find(text)
    while at >= 0:
        end = at + len(text)
        if _is_border(folded[at - 1 : at], text[0]) and _is_border(text[-1], folded[end : end + 1]):
            return True
        at = folded.find(text, at + 1)
    return False


def _is_border(before: str, after: str) -> bool:
    return before in {"", " "} or after in {"", " "} or is_han(before) or is_han(after)


def readings(folded_name: str) -> str:
    """Return how a name is read, syllables parted by spaces, several readings by `/`."""
    usual: list[str] = []
    surname: list[str] = []
    for run in runs(folded_name[:SOUNDED_CHARACTERS]):
        syllables = _syllables(run)
        usual += syllables
        surname += _as_surname(run, syllables)
    return "/".join(dict.fromkeys([" ".join(surname), " ".join(usual)]))


def _syllables(run: str) -> list[str]:
    if not is_han(run):
        return [run]
    import pypinyin

    return pypinyin.lazy_pinyin(run)


def _as_surname(run: str, syllables: list[str]) -> list[str]:
    if len(syllables) != len(run):
        return syllables
    read = list(syllables)
    for match in _SURNAME_PLACE.finditer(run):
        read[match.start()] = _SURNAMES[match.group()]
    return read


def sound_tokens(reading: str) -> set[str]:
    """Return what a name's readings are filed under.

    `^` and up to three letters: a syllable, or a row of initials, begins so. `<` the
    same at the beginning of the name. Three letters alone: they occur in that order.
    """
    found: set[str] = set()
    for variant in reading.split("/"):
        for letters in _spoken(variant.split()):
            found.update(f"<{letters[0][:length]}" for length in (1, 2, 3))
            found.update(f"^{rest[:length]}" for rest in letters for length in (1, 2, 3))
            found.update(letters[0][i : i + 3] for i in range(len(letters[0]) - 2))
    return found


def _spoken(syllables: list[str]) -> list[list[str]]:
    """Return every end of a name from a syllable on: spelled out, and by initials."""
    if not syllables:
        return []
    initials = [syllable[0] for syllable in syllables]
    return [["".join(parts[i:]) for i in range(len(parts))] for parts in (syllables, initials)]


def spoken_ends(reading: str) -> str:
    """Return all ends of a name's readings, each after a space, to look for the beginning of one."""
    ends = (end for variant in reading.split("/") for row in _spoken(variant.split()) for end in row)
    return " " + " ".join(dict.fromkeys(ends))


def sound_query(letters: str) -> list[str]:
    """Return the tokens a name must be filed under to begin, somewhere, with these letters."""
    if len(letters) <= 3:
        return [f"^{letters}"]
    return [letters[i : i + 3] for i in range(len(letters) - 2)]


def letter_tokens(folded: str) -> set[str]:
    """Return the letters of a query three at a time, for finding names that nearly sound so."""
    words = _SOUND_WORD.findall(folded)
    return {word[i : i + 3] for word in words for i in range(len(word) - 2)}


def likeness(one: str, other: str) -> float:
    """Return Dice's measure over the tokens of two folded texts: 1 the same, 0 nothing shared."""
    return _dice(tokens(one), tokens(other))


def sound_likeness(folded: str, reading: str) -> float:
    """Return Dice's measure over letters, three at a time, of a query and the nearest part of a name."""
    asked = letter_tokens(folded)
    length = len(folded.replace(" ", ""))
    ends = spoken_ends(reading).split() if asked else []
    return max((_dice(asked, letter_tokens(end[:length])) for end in ends), default=0.0)


def _dice(left: set[str], right: set[str]) -> float:
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0
