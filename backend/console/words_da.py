"""Danish, which the pages speak unless asked for English."""

from backend.console.cannot import Cannot
from backend.console.reason import Reason
from backend.console.words import Words
from backend.identity.approval import ApprovalKind, WhyNot
from backend.identity.let_in import NotLetIn
from backend.identity.openid import Failure
from backend.identity.staff import May, StaffRole

DANISH = Words(
    code="da",
    other_code="en",
    other_name="English",
    service="Hjerteløber, konsol",
    to_content="Gå til sidens indhold",
    home="Min side",
    approvals="Godkendelser",
    incidents="Hændelser",
    change="Skift bruger",
    sign_out="Log ud",
    sign_in="Log ind",
    sign_in_lead="Konsollen er for dem, der arbejder på en AMK-vagtcentral eller driver tjenesten.",
    sign_in_with="Log ind med din organisation",
    no_provider="Der er ikke sat et login op. Brug nødlogin ved pladsen, og sig det til den driftsansvarlige.",
    seat_of="Plads {}",
    no_seat="Denne browser hører ikke til en plads.",
    make_seat="Gør browseren til en plads",
    seat_lead="Den driftsansvarlige har givet dig en kode til pladsen. Den virker én gang, i én browser.",
    seat_code="Pladsens kode",
    seat_done=("Browseren er pladsens nu", "Her kan I skifte bruger med to klik og bruge pladsens nødlogin."),
    seat_wrong="Koden er ikke rigtig, eller den er brugt. Bed den driftsansvarlige om en ny.",
    sealed="Nødlogin",
    sealed_lead="Kun når login ikke virker. Åbn kuverten ved pladsen. Brugen skrives i journalen, og den "
    "driftsansvarlige får det at vide med det samme. Bagefter skal kuverten lukkes igen.",
    sealed_email="Din arbejds-e-mail",
    sealed_email_hint="Det er dig, der står i journalen for det, du gør.",
    sealed_word="Ordet i kuverten",
    sealed_digits="Koden på kodeviseren, 6 cifre",
    sealed_go="Log ind på pladsen",
    sealed_wrong="Ordet, koden eller adressen er ikke rigtig. En kode virker én gang: vent på den næste, og prøv igen.",
    sealed_too_many="For mange forsøg på denne plads. Prøv igen kl. {}, eller brug en anden plads.",
    sealed_session="Nødlogin: ingen har bekræftet, hvem du er. Det står i journalen.",
    onward=("Log ind", "Du sendes videre til din organisations login."),
    go_on="Fortsæt",
    again="Prøv igen",
    signed_out=(
        "Du er logget ud",
        "Log også ud hos din organisation, hvis andre bruger computeren.",
    ),
    change_lead="Vælg dit navn, og skriv den pinkode, du valgte på denne vagt.",
    change_nobody="Ingen andre er logget ind ved denne plads.",
    change_to="Skift til {}",
    change_pin="Din pinkode",
    change_no_pin="{} har ikke valgt en pinkode og skal logge ind igen.",
    change_wrong="Pinkoden er ikke rigtig. Efter fem forsøg skal du logge ind igen.",
    change_other="Log ind som en anden",
    pin="Pinkode til denne vagt",
    pin_lead="Med den kommer du hurtigt tilbage, når en anden har siddet ved pladsen. 4 til 8 cifre, ikke alle ens.",
    pin_new="Ny pinkode",
    pin_keep="Gem pinkoden",
    pin_kept="Pinkoden er gemt for denne vagt.",
    pin_wrong="Skriv 4 til 8 cifre, som ikke alle er ens.",
    who="Du er {}",
    works_at="Vagtcentral: {}",
    everywhere="ingen bestemt vagtcentral",
    move="Arbejd ved {}",
    until="Du er logget ind til kl. {}.",
    overtime="Vagten er slut, men der er en alarm i gang: du er logget ind, til den er slut. Log ind igen, når du kan.",
    roles_heading="Dine roller her",
    no_role="Du har ingen rolle ved denne vagtcentral.",
    may_heading="Det må du",
    needs_fresh="du skal bekræfte, at det er dig",
    fresh="Du har lige bekræftet, at det er dig.",
    confirm="Bekræft, at det er dig",
    confirm_lead="Det, du vil, kræver, at du har vist, hvem du er, inden for de sidste fem minutter.",
    confirm_go="Bekræft",
    confirm_other=("Det var en anden", "Den, der bekræftede, er ikke den, der er logget ind. Intet er gjort."),
    waiting="Venter på en anden person",
    nothing_waits="Intet venter.",
    asked_by="Bedt om af {}",
    asked_by_you="Du har bedt om det: en anden skal sige ja.",
    before="Svar inden {}",
    approve="Godkend",
    refuse="Afvis",
    take_back="Træk tilbage",
    why_not_yet={
        WhyNot.UNKNOWN: "Anmodningen findes ikke, eller den er ikke din at svare på.",
        WhyNot.DECIDED: "Der er allerede svaret.",
        WhyNot.RAN_OUT: "Tiden er gået. Bed om det igen.",
        WhyNot.SAME_PERSON: "Den, der beder om det, kan ikke selv godkende det. Find en kollega.",
        WhyNot.NOT_VOUCHED_FOR: (
            "Du er logget ind med kuverten, så ingen har bekræftet, hvem du er. Det, der kræver to personer, kan du "
            "hverken bede om, hente eller godkende."
        ),
        WhyNot.NOT_ALLOWED: "Din rolle kan ikke godkende dette.",
    },
    ask_policy="Bed om en anden alarmeringsregel",
    ask_policy_lead="Den gælder nye hændelser fra det øjeblik, en anden godkender den. Igangværende beholder deres.",
    see_draft="Se, hvad udkastet ville have gjort i går",
    policy="Regel",
    ask_freeze="Bed om at stoppe et disponeringssystem",
    ask_freeze_lead="Når en anden har godkendt, tages intet mere imod fra det, heller ikke rigtige alarmer. Brug det "
    "kun, når det sender falske.",
    client="System",
    ask_export="Bed om udlevering af en persons oplysninger",
    ask_export_lead="Kun når personen selv har bedt om det og har vist, hvem de er. Når en anden har godkendt, henter "
    "du kopien her, én gang, inden for et døgn.",
    export_phone="Personens telefon",
    fetch_copy="Hent kopien",
    copy_everywhere=(
        "Din rolle er ved én vagtcentral",
        "Hjerteløbere hører ikke til nogen: det kræver en rolle overalt.",
    ),
    copy_gone=("Kopien er ikke her", "Den er hentet, eller tiden er gået. Bed om den igen."),
    ask="Bed en anden om at godkende",
    asked=("Det venter på en anden", "En kollega skal godkende det under Godkendelser."),
    approved=("Godkendt og udført", "Det står i journalen, hvem der bad om det, og at du godkendte."),
    refused=("Afvist", "Intet er gjort."),
    taken_back=("Trukket tilbage", "Intet er gjort."),
    cannot_be_done={
        Cannot.CHANGED_SINCE: "Det kan ikke gøres: det er ændret, efter at der blev bedt om det. Se, hvad der gælder, "
        "og bed om det igen.",
        Cannot.AT_THE_SAME_MOMENT: "Det kan ikke gøres: en anden ændring kom i samme øjeblik. Prøv igen.",
        Cannot.NOT_OURS: "Det kan ikke gøres: »{what}« hører ikke til vagtcentralen, eller det er sådan allerede.",
        Cannot.POLICY_UNKNOWN: "Det kan ikke gøres: reglen »{what}« findes ikke længere.",
        Cannot.POLICY_WAITS: "Det kan ikke gøres: en senere ændring af reglen er allerede aftalt.",
        Cannot.POLICY_NOT_SERVED: "Det kan ikke gøres: reglen »{what}« kræver mere, end denne version kan.",
        Cannot.NOT_BUILT: "Det kan ikke gøres: systemet kan det ikke endnu.",
    },
    every_centre="alle vagtcentraler",
    incidents_lead="Åbne hændelser. Adressen vises kun med en grund, og det skrives i journalen, at du så den.",
    no_incidents="Ingen åbne hændelser.",
    case="Sag {}",
    opened="Åbnet kl. {}",
    reason="Grund",
    see_address="Se adressen",
    address_gone="Adressen er slettet: den bliver senest 15 minutter efter missionens slutning.",
    address="Adressen",
    address_lead="Det står i journalen, at du har set den. Luk siden, når du ikke bruger den mere.",
    address_unreadable="Adressen kan ikke læses lige nu. Positionen er midten af området, ikke stedet: den rigtige kan "
    "være over 200 m væk. Sig det til den driftsansvarlige.",
    position="Position",
    roles={
        StaffRole.VISITATOR: "sundhedsfaglig visitator",
        StaffRole.TEKNISK_DISPONENT: "teknisk disponent",
        StaffRole.VAGTHAVENDE: "vagthavende",
        StaffRole.AMK_LAEGE: "AMK-læge",
        StaffRole.DRIFTSANSVARLIG: "driftsansvarlig",
        StaffRole.REVISOR: "revisor",
    },
    mays={
        May.FOLLOW: "følge hændelser",
        May.ACT: "rette, aflyse og afslutte hændelser",
        May.TRIGGER: "sende en skarp alarm manuelt",
        May.EXERCISE: "sende en øvelsesalarm manuelt",
        May.READ_ADDRESS: "se en hændelses adresse, med en grund",
        May.ALERT_AREA: "bede om at alarmere et helt område",
        May.CHANGE_POLICY: "bede om en anden alarmeringsregel, og godkende en andens ønske",
        May.EXPORT: "bede om udlevering af en persons oplysninger, og godkende en andens ønske",
        May.FREEZE: "bede om at stoppe et disponeringssystem, og godkende en andens ønske",
        May.OPERATE: "se, hvordan driften går, og rette det, der hænger",
        May.LOOK_BACK: "se forløb og tal bagefter",
        May.AUDIT: "læse journalen og se, hvad der er godkendt",
    },
    kinds={
        ApprovalKind.AREA_ALERT: "Alarmér et helt område",
        ApprovalKind.POLICY_CHANGE: "Skift alarmeringsregel",
        ApprovalKind.EXPORT: "Udlever en persons oplysninger",
        ApprovalKind.FREEZE_CLIENT: "Stop et disponeringssystem",
        ApprovalKind.UNFREEZE_CLIENT: "Luk et disponeringssystem ind igen",
        ApprovalKind.BY_HAND_LIMIT: "Skift grænsen for manuelle alarmer",
        ApprovalKind.ATTENTION_RULE: "Skift, hvem der kvitterer",
        ApprovalKind.OVERFLOW: "Aftal hjælp fra en anden central",
        ApprovalKind.OVERFLOW_END: "Afslut en aftale om hjælp",
    },
    reasons={
        Reason.DISPATCH_SYSTEM_DOWN: "Disponeringssystemet virker ikke",
        Reason.HJERTELOEBER_CALLS: "En hjerteløber ringer og kan ikke finde vej",
        Reason.AMBULANCE_ASKS: "Ambulancen spørger",
        Reason.WRONG_ADDRESS_FEARED: "Adressen er måske forkert",
        Reason.COMPLAINT: "En klage skal undersøges",
    },
    failures={
        Failure.AWAY: (
            "Login svarer ikke",
            (
                "Din organisations login kan ikke nås lige nu. Prøv igen om et øjeblik, eller brug nødlogin ved "
                "pladsen. Den, der allerede er logget ind, bliver ved med at være det."
            ),
        ),
        Failure.BUSY: ("Mange logger ind lige nu", "Prøv igen om et øjeblik, eller brug nødlogin ved pladsen."),
        Failure.NONSENSE: (
            "Svaret fra login kan ikke bruges",
            (
                "Din organisations login svarede på en måde, vi ikke kan stole på. Prøv igen. Sker det igen, så sig "
                "det til den driftsansvarlige."
            ),
        ),
        Failure.CLOCK: (
            "Urene går ikke ens",
            (
                "Svaret fra din organisations login er for gammelt eller kommer fra fremtiden. Sig det til den "
                "driftsansvarlige."
            ),
        ),
        Failure.LOST: ("Begynd forfra", "Svaret er brugt én gang, eller det kom for sent. Log ind igen herfra."),
        Failure.NOT_FRESH: (
            "Det blev ikke bekræftet",
            "Din organisations login sagde ikke, at du lige har vist, hvem du er. Log ind dér igen, og prøv igen.",
        ),
    },
    not_let_in={
        NotLetIn.UNVERIFIED: (
            "Din e-mailadresse er ikke bekræftet",
            "Din organisations login siger ikke, at e-mailadressen er din. Få den bekræftet hos din it-support.",
        ),
        NotLetIn.NOT_GRANTED: (
            "Du har ingen rolle",
            "Du er den, du siger, men ingen har givet dig en rolle. Bed den driftsansvarlige om det.",
        ),
        NotLetIn.SOMEBODY_ELSE: (
            "Adressen er en andens",
            "En anden konto har før logget ind med din e-mailadresse. Bed den driftsansvarlige om at løse det.",
        ),
    },
    not_here=("Du har ingen rolle her", "Pladsen hører til en vagtcentral, hvor du ikke har en rolle."),
    denied=("Du blev ikke logget ind", "Du sagde nej, eller din organisations login gjorde. Prøv igen."),
    lost=("Begynd forfra", "Login blev begyndt i en anden browser eller for længe siden. Log ind igen herfra."),
    trouble={
        400: ("Det gik ikke", "Vi kunne ikke læse det, der blev sendt. Gå tilbage, og prøv igen."),
        403: ("Det må du ikke", "Det kræver en anden rolle, eller formularen kom fra et andet sted. Intet er gjort."),
        404: ("Siden findes ikke", "Se efter, om adressen er skrevet rigtigt."),
        429: ("For mange forsøg", "Prøv igen om et øjeblik."),
        500: ("Noget gik galt hos os", "Prøv igen om lidt. Alarmer går ud som før."),
        503: ("Vent et øjeblik", "Alarmer kommer først. Prøv igen om lidt."),
    },
)
