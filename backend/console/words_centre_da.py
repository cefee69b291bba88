"""A centre's own decisions in Danish, which the page speaks unless asked for English."""

from backend.attention.item import Acknowledges
from backend.console.words_centre import CentreWords

CENTRE_DA = CentreWords(
    lead="Det, centralen selv bestemmer om, hvordan den bliver kaldt, og hvem der hjælper. En beder om en "
    "ændring, og en "
    "anden godkender den; så gælder den fra det øjeblik. Intet her forsinker en alarm: den går ud med det samme.",
    at_no_centre="Du arbejder ikke ved en vagtcentral lige nu, så her er intet at bestemme.",
    first="{acknowledges} kvitterer for nye alarmer. Er ingen på vej efter {nobody_after_s} s, lyder det. {helps}",
    first_alone="Ingen anden central hjælper automatisk.",
    agreed_with="{names} hjælper, hvis ingen kvitterer.",
    it_is_so="Sådan er det nu",
    nothing_set="Centralen har intet valgt, så det er systemets eget tal.",
    by_hand="Alarmer sendt i hånden",
    by_hand_means="Sender én person mere end {an_hour} skarpe alarmer på en time, eller kan stedet være mere end "
    "{uncertain_m} m forkert, bliver en anden kaldt til. Alarmen går ud med det samme; den anden kan bekræfte "
    "eller stoppe "
    "den.",
    attention="Hvem der kvitterer",
    attention_means={
        Acknowledges.SYSTEM: "Disponeringssystemet kvitterer ved at melde hændelsen: en ny alarm lyder ikke ved "
        "konsollen.",
        Acknowledges.CONSOLE: "Hver ny alarm lyder ved centralens konsoller, til en har kvitteret.",
    },
    acknowledges={
        Acknowledges.SYSTEM: "Disponeringssystemet",
        Acknowledges.CONSOLE: "Konsollen",
    },
    nobody_means="Er ingen hjerteløber på vej {nobody_after_s} s efter, at de blev spurgt, lyder det ved alle "
    "centralens "
    "konsoller, til en har kvitteret. Tavlen siger det i samme øjeblik.",
    overflow="Hjælp fra en anden central",
    overflow_lead="Uden en aftale hjælper ingen. Tiden regnes fra det øjeblik, noget om en skarp hændelse "
    "kalder på jer.",
    nobody_helps="Der er ingen aftale: ingen anden central får adgang, hvor længe der end går.",
    overflow_means="Hvis ingen har kvitteret efter {after_s} s, får {to} adgang til centralens hændelser i "
    "{lends_for_min} min. De kan se, følge og aflyse dem, intet andet.",
    overflow_always="Det gælder hele døgnet.",
    overflow_within="Det gælder kl. {from_hour}–{to_hour}.",
    overflow_keeps="Hændelserne bliver hos jer, det lyder fortsat hos jer, og adgangen slutter af sig selv.",
    overflow_end="Afslut aftalen",
    overflow_end_means="{to} får ikke længere adgang, når ingen kvitterer. Det, der allerede er lånt ud, gælder "
    "tiden ud.",
    helps_others="Hvem I hjælper",
    helps_nobody="Ingen anden central har en aftale om jeres hjælp.",
    helps_means="Hvis ingen hos {whose} har kvitteret efter {after_s} s, får I adgang til deres hændelser i "
    "{lends_for_min} min. I kan se, følge og aflyse dem, intet andet. Det lyder hos jer, når det sker.",
    no_neighbour="Der er ingen anden vagtcentral at lave en aftale med.",
    change="Ændr",
    see_first="Se, hvad der vil ske",
    propose="Bed om det",
    propose_lead="En anden, der må ændre regler, skal godkende det under Godkendelser. Det gælder fra da.",
    go_back="Tilbage uden at ændre noget",
    wrong_number="{field}: skriv et helt tal fra {lowest} til {highest}. Intet er ændret.",
    wrong_choice="{field}: vælg et af det, der står på listen. Intet er ændret.",
    changes="Sådan har det været",
    who="Besluttet af",
    what="Hvad",
    chosen="Valgt",
    since="Fra",
    until="Til",
    fields={
        "an_hour": "Skarpe alarmer, én person sender alene på en time",
        "uncertain_m": "Så usikkert må stedet være, i meter",
        "acknowledges": "Hvem der kvitterer for nye alarmer",
        "nobody_after_s": "Sekunder uden nogen på vej, før det lyder",
        "to": "Vagtcentral, der hjælper",
        "after_s": "Sekunder uden kvittering",
        "from_hour": "Fra kl. (0–23)",
        "to_hour": "Til kl. (0–23; det samme som fra: hele døgnet)",
        "lends_for_min": "Minutter, adgangen varer hver gang",
    },
    numbers={
        "by_hand": "{an_hour} i timen, {uncertain_m} m",
        "attention": "{acknowledges}; {nobody_after_s} s",
        "overflow": "{to}: efter {after_s} s, i {lends_for_min} min, kl. {from_hour}–{to_hour}",
    },
)
