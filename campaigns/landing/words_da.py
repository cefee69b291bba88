"""The pages in Danish. In Hjemmeværnet *frivillige* are its members, so the word is never used here."""

from campaigns.campaign.codes import Standing
from campaigns.landing.words import Words
from campaigns.modules.texts import Language

_STILL = "Du kan stadig tilmelde dig, men du tælles ikke med for nogen."

DANISH = Words(
    language=Language.DA,
    other_language=Language.EN,
    other_name="English",
    service="Hjerteløber",
    to_content="Gå til sidens indhold",
    call_112="Ser du et hjertestop nu, så ring 1-1-2.",
    accessibility="Tilgængelighedserklæring",
    heading="Bliv hjerteløber",
    lead=(
        "Når et hjerte stopper, tæller hvert minut. En hjerteløber får en alarm på telefonen, når nogen i nærheden "
        "har et formodet hjertestop, og kan være fremme før ambulancen."
    ),
    sign_up="Tilmeld",
    does="Det gør en hjerteløber",
    does_list=(
        "Du får en alarm på telefonen, når nogen i nærheden har et formodet hjertestop.",
        "Du skynder dig til stedet, mens ambulancen er på vej. Den bliver altid sendt.",
        "Du giver hjerte-lunge-redning (HLR), eller du henter først en hjertestarter. Alarmen siger hvad.",
    ),
    expect="Det kan du forvente",
    expect_list=(
        "Omkring halvdelen af alarmerne er ikke et hjertestop: kun 53–60 % viser sig at være det.",
        "Måske bliver du aldrig alarmeret. Det kommer an på, hvor du er.",
        "Du kan altid sige nej til en alarm og behøver ikke sige hvorfor.",
        "Du skal være fyldt 18 år.",
    ),
    privacy="Dit privatliv",
    only_numbers="{} ser kun tal: aldrig navne, steder eller svar på en alarm.",
    only_numbers_of_whoever="Den, der har inviteret dig, ser kun tal: aldrig navne, steder eller svar på en alarm.",
    least="Et tal under {} vises ikke, så det kan ikke pege på nogen.",
    privacy_list=(
        "Navn og mobilnummer skriver du først i tilmeldingen, som er et andet sted. De kommer aldrig hertil.",
        "Denne side bruger ingen cookies og ved ikke, hvem du er. Den tæller, hvor mange der kom, og ikke hvem.",
        "Du kan melde dig ud når som helst.",
    ),
    next="Klar?",
    next_what="Tilmeldingen tager et par minutter. Du skal bruge din mobil: den får en kode på sms.",
    not_counted={
        Standing.CLOSED: f"Koden i dit link er lukket. {_STILL}",
        Standing.OVER: f"Kampagnen er slut. {_STILL}",
        Standing.EARLY: f"Kampagnen er ikke begyndt endnu. {_STILL}",
        Standing.FOREIGN: f"Koden i dit link hører ikke til denne kampagne. {_STILL}",
        Standing.UNKNOWN: f"Koden i dit link kender vi ikke. {_STILL}",
        Standing.MISTYPED: (
            f"Koden er skrevet forkert: bogstaverne passer ikke sammen. Se efter på plakaten, og prøv igen. {_STILL}"
        ),
    },
    is_test="Det her er en prøve. Den tælles for sig, og tilmeldingen kender ikke koden.",
    made_up="Kampagnen er opdigtet. Den viser, hvordan det virker, og dens tal er ikke rigtige.",
    several="Hvem har inviteret dig?",
    trouble={
        400: ("Det gik ikke", "Vi kunne ikke læse det, der blev sendt. Du kan tilmelde dig direkte."),
        404: ("Siden findes ikke", "Se efter, om adressen er skrevet rigtigt. Du kan også tilmelde dig direkte."),
        500: ("Noget gik galt hos os", "Prøv igen om lidt. Du kan også tilmelde dig direkte."),
    },
)
