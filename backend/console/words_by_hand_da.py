"""An alarm by hand in Danish, which the pages speak unless asked for English."""

from backend.addresses.coordinates import How
from backend.addresses.search import What
from backend.api.dispatch_centre.act import OverrideReason
from backend.console.words_by_hand import ByHandWords
from backend.incidents.by_hand import WhyNot
from backend.incidents.incident import Asking, Circumstance
from backend.incidents.raised import Above
from backend.selection.preview import Band

BY_HAND_DA = ByHandWords(
    new_alarm=("Manuel alarm", "Manuel øvelse"),
    banner=("SKARP ALARM – hjerteløbere bliver sendt af sted", "ØVELSE – kun dem, der er med i øvelser, får besked"),
    send=("Send alarm nu", "Send ØVELSE nu"),
    sent=("Alarmen er sendt", "Øvelsen er sendt"),
    to_other=("Til øvelse i stedet", "Til skarp alarm i stedet"),
    box="Hvor er patienten?",
    box_hint="Adresse, vej, by, postnummer eller koordinater, f.eks. Nørregade 3B, 2. tv eller 55,676 12,568",
    find="Find stedet",
    other_place="Andet sted",
    nothing_found="Intet sted passer. Prøv vej og by, eller koordinater.",
    places_found="{} steder: vælg med pilene, og tryk Enter.",
    will_happen="Det sker, når du sender",
    bands={
        Band.NOBODY: "Ingen hjerteløbere i nærheden",
        Band.FEW: "1-4 hjerteløbere spørges med det samme",
        Band.SOME: "5-19 hjerteløbere spørges med det samme",
        Band.MANY: "20 eller flere hjerteløbere spørges med det samme",
    },
    nearest="Den nærmeste er højst {} m væk",
    reach="Alarmeringsradius {} m",
    reading="Ser efter … du behøver ikke vente.",
    not_read="Forhåndsvisningen kom ikke. Alarmen kan sendes alligevel.",
    second_called="En kollega bliver kaldt og kan stoppe alarmen. Den går ud med det samme.",
    above={
        Above.AN_HOUR: "Du har sendt flere manuelle alarmer på en time, end én person gør alene.",
        Above.UNCERTAIN: "Stedet er så usikkert, at hjerteløberne ikke kan finde det uden hjælp.",
    },
    rough="Usikkert: patienten kan være {} m fra punktet",
    exact="Punktet er adressens",
    whats={
        What.COORDINATES: "Koordinater",
        What.ADDRESS: "Adresse med dør",
        What.ENTRANCE: "Adresse",
        What.STREET: "Vej",
        What.POSTCODE: "Postnummer",
        What.TOWN: "By",
    },
    hows={
        How.DEGREES: "forstået som decimalgrader",
        How.MINUTES: "forstået som grader og minutter",
        How.SECONDS: "forstået som grader, minutter og sekunder",
        How.UTM32: "forstået som UTM zone 32",
    },
    swapped="længde og bredde er byttet om",
    circumstances="Omstændigheder",
    circumstance={
        Circumstance.TRAUMA: "Traume",
        Circumstance.DROWNING: "Drukning",
        Circumstance.INTOXICATION: "Forgiftning",
        Circumstance.SUICIDE: "Selvmord",
        Circumstance.STAFFED_NURSING_HOME: "Plejehjem med personale",
        Circumstance.WITNESSED_BY_CREW: "Ambulancen er der",
        Circumstance.UNSAFE_SCENE: "Usikkert sted",
        Circumstance.CALLER_NOT_WITH_PATIENT: "Anmelder er ikke hos patienten",
        Circumstance.AGE_UP_TO_7: "Barn op til 7 år",
    },
    excluded="Med dette bliver INGEN spurgt, medmindre du vælger hvorfor alligevel:",
    out_of_hours="Efter reglen bliver INGEN spurgt på denne tid af døgnet, medmindre du vælger hvorfor alligevel:",
    override="Spørg alligevel",
    no_override="Nej, spørg ikke",
    overrides={
        OverrideReason.SCENE_NOW_SAFE: "Stedet er sikkert nu",
        OverrideReason.INFORMATION_CORRECTED: "Oplysningen er rettet",
        OverrideReason.CLINICAL_DECISION: "Klinisk beslutning",
        OverrideReason.OTHER: "Anden grund",
    },
    case="Sagsnummer",
    case_hint="Konsollens eget. Skriv disponeringssystemets, hvis sagen har et.",
    door_code="Dørkode",
    sending="Sender …",
    refused="Ikke sendt: {}",
    no_answer="Intet svar endnu. Tryk igen: det er den samme alarm.",
    asking={
        Asking.PENDING: "Hjerteløbere bliver valgt nu.",
        Asking.ASKED: "Hjerteløbere er spurgt.",
        Asking.NOBODY_IN_REACH: "Ingen hjerteløbere inden for rækkevidde. Hændelsen er åben, og der søges videre.",
        Asking.EXCLUDED: "INGEN er spurgt: omstændighederne udelukker det.",
    },
    keys_hint="Pile vælger · Enter går videre · Enter igen sender · Esc går tilbage",
    to_board="Til tavlen",
    called_heading="Manuelle alarmer, der skal bekræftes",
    called_lead="Disse alarmer er sendt manuelt og går ud over, hvad én person gør alene. De er i gang: bekræft "
    "eller stop dem.",
    nobody_called="Ingen manuel alarm skal bekræftes lige nu.",
    raised_by="Sendt af {} kl. {}",
    raised_by_you="Du har sendt den: en kollega skal se på den.",
    see_it="Se den på tavlen",
    confirm="Bekræft: den er rigtig",
    stop="Stop den: sendt ved en fejl",
    confirmed=("Bekræftet", "Alarmen går videre. Det står i journalen, at du har set på den."),
    stopped=("Stoppet", "Missionen er aflyst, og hjerteløberne får besked: sendt ved en fejl."),
    why_not={
        WhyNot.NOT_CALLED: "Til den alarm er ingen kaldt.",
        WhyNot.SAME_PERSON: "Den, der sendte alarmen, kan ikke selv bekræfte den. Find en kollega.",
        WhyNot.DECIDED: "Der er allerede svaret, eller hændelsen er slut.",
        WhyNot.NOT_VOUCHED_FOR: "Du er logget ind med kuverten: ingen har bekræftet, hvem du er. Du kan stoppe, ikke "
        "bekræfte.",
    },
)
