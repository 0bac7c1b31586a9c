"""Words and the questions that find them, or not: for the index and for its twin in the page."""

# ruff: noqa: RUF001

import unicodedata

SPELLINGS = [
    ("Straße", ("straße", "STRASSE", "Strasse", "STRAẞE", "stra", "straß")),
    ("İstanbul", ("İstanbul", "istanbul", "ISTANBUL", "i̇stanbul", "ıstanbul")),
    ("ısparta", ("ısparta", "ISPARTA", "Isparta")),
    ("ﬁsh ﬂag", ("ﬁsh", "fish", "FLAG", "ﬂag", "fi")),
    ("e\u0301te\u0301", ("été", "e\u0301te\u0301", "ete", "ÉTÉ")),
    ("Überfahrt", ("überfahrt", "U\u0308berfahrt", "uber")),
    ("ΟΔΥΣΣΕΥΣ", ("Οδυσσευς", "οδυσσευσ", "ὀδυσσεύς")),
    ("Ｆｕｌｌ width ４２", ("full", "Ｆｕｌｌ", "42", "４２")),
    ("が 한국", ("が", "か\u3099", "한", "한국", unicodedata.normalize("NFD", "한국"))),
    ("हिन्दी मुर्गी", ("हिन्दी", "मुर्गी")),
    ("مُحَمَّد שָׁלוֹם", ("محمد", "مُحَمَّد", "שלום", "שָׁלוֹם")),
    ("don't rock-n-roll snake_case", ("don't", "rock-n-roll", "snake_case", "case", "roll")),
    ("ŉ ǰ ᾳ ½ ℌ ™", ("ŉ", "ǰ", "ᾳ", "½", "ℌ", "H", "tm")),
]


PARTS = [
    ("一只黑猫在屋顶上", ("猫", "黑猫", "屋顶上", "在屋", "一只黑猫在屋顶上", "猫 屋顶")),
    ("แมวดำบนหลังคา", ("แมว", "ดำ", "หลังคา", "บน")),
    ("ネコがベランダで寝ている", ("ネコ", "ベランダ", "寝", "ﾍﾞﾗﾝﾀﾞ", "が")),
    ("검은고양이가 지붕 위에", ("고양이", "양", "지붕", "붕")),
    ("gpt猫の写真2024年", ("猫", "gpt", "写真", "2024", "年")),
    ("A lighthouse over the sea", ("house", "ghth", "hou", "LIGHT", "over sea", "hth se")),
    ("fox 🦊 costs 5 € ∑", ("🦊", "€", "fox 🦊", "🦊 fox", "∑ 5")),
    ("c++ & c# = 100%", ("c++", "++", "100%", "c#")),
]


NOT_THERE = [
    ("一只黑猫在屋顶上", ("狗", "猫黑", "屋上")),
    ("A lighthouse over the sea", ("ouses", "ht", "ouse the moon", "🦊")),
    ("fox 🦊", ("🦉", "fox 🦉")),
]
