"""Variants: short forms and transliterations that people and clerks use for one name.

A linker has a dictionary of its own. This one overlaps it and differs from it, as life
does: some short forms here are in no dictionary (see ``short_form``).
"""

from __future__ import annotations

import re

_SHORT_FORMS = """
Thomas=Tom/Tommy James=Jim/Jamie Daniel=Dan/Danny Matthew=Matt Joshua=Josh Samuel=Sam/Sammy
Michael=Mike/Mick Alexander=Alex/Xander Christopher=Chris Benjamin=Ben Joseph=Joe/Joey
William=Will/Bill Andrew=Andy Robert=Rob/Bob Nathan=Nate Jonathan=Jon/Jonny Edward=Ed/Ted
Bradley=Brad Nicholas=Nick Stephen=Steve Stuart=Stu Anthony=Tony Patrick=Pat/Paddy
Richard=Rick/Dick Steven=Steve Philip=Phil Zachary=Zac Gregory=Greg Timothy=Tim Kenneth=Ken
Raymond=Ray Terence=Terry Ronald=Ron Geoffrey=Geoff Charles=Charlie Dominic=Dom Henry=Harry
Leslie=Les Albert=Bert Reginald=Reg Walter=Wally Cameron=Cam Callum=Cal Kieran=Kier
Rebecca=Becky/Becca Jessica=Jess Charlotte=Charlie/Lottie Hannah=Han Sophie=Soph Emily=Em
Katie=Kate Bethany=Beth Megan=Meg Danielle=Dani Abigail=Abbie/Abi Olivia=Liv Natalie=Nat
Stephanie=Steph Rachel=Rach Samantha=Sam Elizabeth=Liz/Beth Victoria=Vicky/Tori
Eleanor=Ellie/Nell Jennifer=Jenny/Jen Nicole=Nicki Kayleigh=Kay Melissa=Mel Natasha=Tasha
Alexandra=Alex/Lexi Catherine=Kate/Cath Kimberley=Kim Isabelle=Izzy/Bella Michelle=Shelly
Kathryn=Kathy Gabrielle=Gabby Christina=Tina Frances=Fran Jacqueline=Jackie Deborah=Debbie
Margaret=Maggie/Peggy Patricia=Pat/Trish Susan=Sue Pamela=Pam Gillian=Gill Angela=Angie
Barbara=Babs Dorothy=Dot Kathleen=Kath Valerie=Val Emmanuel=Manny Mohammed=Mo Abdul=Abs
Gurpreet=Gurp Harpreet=Harps Khadija=Khadi Aleksander=Olek Amelia=Millie
"""
_SPELLINGS = """
Mohammed/Muhammad/Mohammad/Mohamed/Muhammed Hussain/Hussein/Hussien Ahmed/Ahmad/Ahmet
Hassan/Hasan/Hassaan Yusuf/Yousuf/Yousef Ibrahim/Ebrahim Usman/Osman/Uthman Omar/Umar/Umer
Hamza/Hamzah Bilal/Belal Abdul/Abdool Zain/Zayn Tariq/Tarik Aisha/Ayesha/Aysha/Aishah
Fatima/Fatema/Fatimah Zainab/Zaynab/Zeinab Maryam/Mariam/Marium Khadija/Khadijah/Kadija
Amina/Aminah Yasmin/Yasmeen/Jasmin Begum/Begom Chowdhury/Choudhury/Chaudhry/Choudhry
Miah/Mia Siddiqui/Siddique/Siddiqi Rahman/Rehman Akhtar/Akther/Aktar Uddin/Udin
Mahmood/Mehmood/Mahmud Sheikh/Shaikh/Shaik Khatun/Khatoon Qureshi/Quraishi Yousaf/Yusaf
Hossain/Hossen Iqbal/Eqbal Abdullah/Abdulla/Abdallah Chauhan/Chohan Bhatt/Bhat Patel/Patil
Sandhu/Sandu Sidhu/Siddhu Gurpreet/Gurprit Harpreet/Harprit Mensah/Mensa Petrov/Petroff
Cheung/Cheong Zhang/Chang Li/Lee Liu/Lau Layla/Leila/Laila
"""


def _read_short_forms() -> tuple[tuple[str, str], ...]:
    pairs = []
    for entry in _SHORT_FORMS.split():
        full, shorts = entry.split("=")
        pairs += [(full, short) for short in shorts.split("/")]
    return tuple(pairs)


SHORT_FORMS: tuple[tuple[str, str], ...] = _read_short_forms()
SPELLINGS: tuple[tuple[str, ...], ...] = tuple(
    tuple(family.split("/")) for family in _SPELLINGS.split()
)


def short_form(name: str) -> str:
    """A short form for any name: the listed one, else the first syllable, as families do."""
    listed = _FIRST_SHORT_FORM.get(name)
    if listed is not None:
        return listed
    syllable = _FIRST_SYLLABLE.match(name)
    return syllable.group().rstrip("'-") if syllable else name


def other_spelling(name: str, turn: int) -> str:
    """Another listed spelling of a name, or the name itself where none is listed."""
    family = _FAMILY.get(name, (name,))
    others = [spelling for spelling in family if spelling != name] or [name]
    return others[turn % len(others)]


_FIRST_SYLLABLE = re.compile(r"[^aeiouy]*[aeiouy]+[^aeiouy]", re.IGNORECASE)
_FIRST_SHORT_FORM = dict(reversed(SHORT_FORMS))
_FAMILY = {spelling: family for family in SPELLINGS for spelling in family}
