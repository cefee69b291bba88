"""The pages in Danish. In Hjemmeværnet *frivillige* are its members, so the word is never used here."""

from backend.identity.codes import WhyNot
from backend.signup.about import Mistake
from backend.signup.ask import WhyNone
from backend.signup.words import Words
from backend.volunteers.volunteer import Language, Training

DANISH = Words(
    language=Language.DA,
    other_language=Language.EN,
    other_name="English",
    title="Bliv hjerteløber",
    service="Hjerteløber",
    to_content="Gå til sidens indhold",
    step="Trin {} af 4",
    mistake="Fejl",
    mistakes="Der er noget, der skal rettes",
    optional="(kan udelades)",
    go_on="Fortsæt",
    back="Tilbage",
    cancel="Afbryd, og slet det, jeg har skrevet",
    call_112="Ser du et hjertestop nu, så ring 1-1-2.",
    accessibility="Tilgængelighedserklæring",
    welcome="Bliv hjerteløber",
    lead=(
        "Når et hjerte stopper, tæller hvert minut. En hjerteløber får en alarm på telefonen, når nogen i nærheden "
        "har et formodet hjertestop, og kan være fremme før ambulancen."
    ),
    to_phone="Gå til tilmelding",
    does="Det gør en hjerteløber",
    does_list=(
        "Du skynder dig til stedet, mens ambulancen er på vej.",
        "Du giver hjerte-lunge-redning (HLR), eller du henter først en hjertestarter. Alarmen siger hvad.",
        "Ambulancen bliver altid sendt. Du er en hjælp oveni.",
    ),
    expect="Det kan du forvente",
    expect_list=(
        "Omkring halvdelen af alarmerne er ikke et hjertestop: kun 53–60 % viser sig at være det.",
        "Måske bliver du aldrig alarmeret. Det kommer an på, hvor du er.",
        "Du kan altid sige nej til en alarm og behøver ikke sige hvorfor.",
        "Du skal være fyldt 18 år.",
    ),
    privacy="Dit privatliv",
    privacy_list=(
        (
            "Den, der har inviteret dig, ser kun tal. Forsvaret og Hjemmeværnet ser kun tal: aldrig navne, steder "
            "eller svar."
        ),
        "Vi gemmer kun, hvor din telefon er nu, og kun omtrent. Aldrig hvor du har været.",
        "Vi spørger ikke om CPR-nummer.",
        "Du kan melde dig ud når som helst. Så sletter vi dit navn og dit nummer.",
        (
            "Mens du tilmelder dig, bruger siden én nødvendig cookie. Går du fra det, er det, du har skrevet, "
            "slettet efter 30 minutter."
        ),
    ),
    phone_heading="Begynd med dit mobilnummer",
    phone="Mobilnummer",
    phone_hint="Et dansk nummer på 8 cifre, eller et nummer med landekode, fx +46. Vi sender dig en kode på sms.",
    not_a_phone=(
        "Skriv et mobilnummer, der kan få sms: 8 cifre, eller landekode og nummer fra et land, vi sender koder til."
    ),
    send_code="Send mig en kode",
    no_code_sent={
        WhyNone.PHONE_HAD_ENOUGH: (
            "Der er sendt så mange koder til dette nummer, at vi venter lidt. Prøv igen efter kl. {}."
        ),
        WhyNone.NO_TEXT_MESSAGES: "Vi kan ikke sende sms’er lige nu. Prøv igen senere. Dit link virker stadig.",
    },
    code_unusable=(
        "Koden i dit link kan ikke bruges. Du kan stadig tilmelde dig, men du tæller ikke med for den, der har "
        "inviteret dig."
    ),
    code_heading="Skriv koden fra sms’en",
    code_sent="Vi har sendt en kode på 6 cifre til {}. Den gælder i 5 minutter.",
    code="Kode",
    code_hint="6 cifre",
    not_six_digits="Skriv de 6 cifre fra sms’en.",
    wrong_code={
        WhyNot.WRONG: "Koden passer ikke. Se efter i sms’en, og prøv igen.",
        WhyNot.NO_TRIES_LEFT: "Koden er prøvet seks gange og virker ikke mere. Få en ny kode nedenfor.",
        WhyNot.NO_LONGER_GOOD: "Koden gælder ikke længere. Få en ny kode nedenfor.",
    },
    new_code_sent="En kode er på vej. En ældre virker også, så længe den gælder.",
    no_code="Kom der ingen sms?",
    no_code_why=(
        "Den kan være et par minutter undervejs. Er nummeret forkert, så ret det; ellers kan du få en ny kode. "
        "Kommer der heller ingen da, så prøv igen om en time: der sendes kun så mange koder ad gangen."
    ),
    new_code="Send en ny kode",
    other_phone="Ret nummeret",
    about="Om dig",
    name="Dit navn",
    birth_year="Fødselsår",
    birth_year_hint="Fire cifre, fx 1990. Hjerteløbere er fyldt 18 år.",
    turned_18="Jeg er fyldt 18 år",
    home="Hvor bor du?",
    home_hint_both="Vælg din kommune, eller skriv dit postnummer. Vi gemmer kun kommunen. Du kan også lade være.",
    home_hint="Du kan vælge din kommune, eller lade være.",
    municipality="Kommune",
    no_municipality="Ikke valgt",
    postcode="Postnummer",
    training="Hvad har du lært?",
    training_hint="Vælg det højeste. Du kan rette det senere.",
    trainings={
        Training.NONE: "Ingen kurser endnu",
        Training.FIRST_AID: "Førstehjælp",
        Training.HLR: "Hjerte-lunge-redning (HLR)",
        Training.HLR_AND_AED: "HLR og brug af hjertestarter",
        Training.HEALTH_PROFESSIONAL: "Sundhedsprofessionel",
    },
    wrong={
        Mistake.NO_NAME: "Skriv dit navn: 1 til 100 tegn.",
        Mistake.NOT_A_YEAR: "Skriv dit fødselsår med fire cifre, fx 1990.",
        Mistake.UNDER_18: "Hjerteløbere er fyldt 18 år. Du er meget velkommen, når du er det.",
        Mistake.HAS_TO_CONFIRM: "Sæt kryds, hvis du er fyldt 18 år. Ellers er du velkommen, når du er det.",
        Mistake.MUNICIPALITY_AND_POSTCODE: "Vælg kommune eller skriv postnummer, ikke begge dele.",
        Mistake.NO_SUCH_MUNICIPALITY: "Vælg en kommune på listen.",
        Mistake.NO_SUCH_POSTCODE: (
            "Postnummeret kender vi ikke. Skriv et dansk postnummer på fire cifre, eller vælg kommune."
        ),
        Mistake.SEVERAL_MUNICIPALITIES: (
            "Postnummeret ligger i flere kommuner. Slet det, og vælg din kommune på listen."
        ),
        Mistake.NO_TRAINING: "Vælg det, der passer på dig.",
    },
    consents="Hvad siger du ja til?",
    consents_lead="Hvert ja er dit eget valg, og du kan tage det tilbage når som helst.",
    consents_needed=(
        "Uden ja til alarmer bliver du ikke alarmeret. Uden ja til placering ved vi ikke, om du er i nærheden."
    ),
    sign_up="Meld mig til",
    done="Tak, du er tilmeldt",
    done_lead="Din konto er oprettet.",
    app_heading="Ét skridt mangler: appen",
    app="Hent appen, og log ind med det samme mobilnummer. Først når appen er forbundet, kan du blive alarmeret.",
    get_app="Hent appen",
    no_app_heading="Der er ingen app endnu",
    no_app=(
        "Derfor kan vi ikke alarmere dig endnu, og vi lover ingen alarmer. Når appen kommer, logger du ind med det "
        "samme mobilnummer."
    ),
    no_alarms="Du har ikke sagt ja til alarmer, så ingen alarmerer dig. Du kan sige ja senere i appen.",
    no_location=(
        "Du har ikke sagt ja til placering, så vi ved ikke, om du er i nærheden af en alarm. Du kan sige ja senere "
        "i appen."
    ),
    credited="Du tæller med for den, der har inviteret dig, kun som et tal.",
    not_credited="Du tæller ikke med for den, der har inviteret dig. Det ændrer intet for dig.",
    already="Tak, du er allerede hjerteløber",
    already_lead="Dit mobilnummer har en konto i forvejen. Vi har ikke ændret noget: ét menneske har én konto.",
    already_app="Du bruger appen som hidtil. På en ny telefon logger du ind med det samme mobilnummer.",
    leave="Du kan melde dig ud når som helst: i appen, eller her på siden med dit mobilnummer.",
    to_leave="Jeg vil melde mig ud",
    leaving="Vil du melde dig ud?",
    leaving_means=(
        "Vi sletter dit navn, dit mobilnummer, dit fødselsår og din placering med det samme, og ingen "
        "alarmerer dig mere. Er du på en mission, bliver andre spurgt i stedet. Det kan ikke fortrydes, men du kan "
        "altid tilmelde dig igen."
    ),
    leave_now="Slet min konto",
    not_now="Vi kan ikke slette din konto lige nu. Prøv igen om lidt.",
    left="Du er meldt ud",
    left_why="Din konto er slettet. Tak, fordi du var med.",
    again="Begynd forfra",
    over="Tilmeldingen er udløbet",
    over_why=(
        "Der er gået mere end 30 minutter siden sidst, eller tilmeldingen blev begyndt i en anden browser. Det, du "
        "skrev, er slettet, og intet er gemt om dig. Siden kræver, at browseren tager imod én nødvendig cookie."
    ),
    cancelled="Tilmeldingen er afbrudt",
    cancelled_why="Det, du skrev, er slettet.",
    trouble={
        400: ("Siden kunne ikke læses", "Browseren sendte noget, vi ikke kan læse. Gå tilbage, og prøv igen."),
        403: ("Det kom fra et andet sted", "Formularen blev sendt fra en anden side. Begynd her i stedet."),
        404: ("Siden findes ikke", "Der er ingenting på denne adresse."),
        413: ("Det var for meget", "Der blev sendt mere, end vi kan tage imod. Skriv mindre, og prøv igen."),
        415: ("Siden kunne ikke læses", "Det skal sendes som en almindelig formular."),
        422: ("Adressen er ikke rigtig", "Noget i adressen står der to gange eller mangler. Begynd forfra."),
        429: (
            "Vent et øjeblik",
            "Der kommer mange besøg fra dit netværk lige nu. Prøv igen om lidt. Intet er gået tabt.",
        ),
        500: ("Noget gik galt hos os", "Intet er gemt halvt. Prøv igen om lidt."),
        503: ("Vi kan ikke svare lige nu", "Alarmer kommer først. Prøv igen om lidt. Intet er gået tabt."),
    },
)
