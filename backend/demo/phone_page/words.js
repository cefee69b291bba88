// Every word this phone shows, Danish first. `t("key")` in the chosen language.

const KEPT = "hjerteloeber-demo-language";

/** @type {Record<string, [string, string]>} */
const WORDS = {
  app: ["Hjerteløber", "Hjerteløber"],
  switch_language: ["English", "Dansk"],
  demo: ["Demo", "Demo"],
  demo_note: ["En prøvetelefon. Ingen rigtige alarmer, ingen rigtige personer.", "A trial phone. No real alarms, no real people."],

  welcome: ["Bliv ringet op, når et hjerte stopper tæt på dig", "Be rung when a heart stops near you"],
  welcome_text: ["Log ind med dit telefonnummer. Du får en engangskode på SMS.", "Sign in with your phone number. You get a one-time code by text message."],
  phone: ["Telefonnummer", "Phone number"],
  demo_number: ["Brug et demonummer", "Use a demo number"],
  send_code: ["Send kode", "Send code"],
  code: ["Engangskode", "One-time code"],
  code_text: ["Skriv de seks cifre fra SMS’en.", "Type the six digits from the text message."],
  sign_in: ["Log ind", "Sign in"],
  other_number: ["Et andet nummer", "Another number"],
  text_message: ["SMS (fra demoens SMS-server)", "Text message (from the demo’s SMS server)"],
  put_in: ["Indsæt koden", "Fill in the code"],

  sign_up: ["Meld dig som hjerteløber", "Sign up as a hjerteløber"],
  name: ["Navn", "Name"],
  birth_year: ["Fødselsår", "Year of birth"],
  has_turned_18: ["Jeg er fyldt 18 år", "I have turned 18"],
  training: ["Uddannelse", "Training"],
  training_none: ["Ingen", "None"],
  training_first_aid: ["Førstehjælpskursus", "First aid course"],
  training_hlr: ["Kursus i hjerte-lunge-redning (HLR)", "CPR course"],
  training_hlr_and_aed: ["Kursus i HLR og hjertestarter", "CPR and AED course"],
  training_health_professional: ["Sundhedsfaglig", "Health professional"],
  consent_alarms: ["Jeg vil modtage alarmer om formodet hjertestop", "I want to receive alarms about suspected cardiac arrests"],
  consent_location: ["Appen må bruge min placering, kun den seneste og kun omtrentligt", "The app may use my position: only the latest, only roughly"],
  sign_up_now: ["Meld mig til", "Sign me up"],

  ready: ["Du kan ringes op", "You can be rung"],
  not_ready: ["Du kan ikke ringes op endnu", "You cannot be rung yet"],
  connected: ["Forbundet", "Connected"],
  not_connected: ["Forbinder …", "Connecting …"],
  on_duty: ["På vagt", "On duty"],
  off_duty: ["Ikke på vagt", "Off duty"],
  position: ["Min placering", "My position"],
  no_position: ["Ikke delt endnu", "Not shared yet"],
  choose_town: ["Vælg en by", "Choose a town"],
  own_position: ["Brug telefonens egen placering", "Use the phone’s own position"],
  position_told: ["Delt", "Shared"],
  test_alarm: ["Testalarm", "Test alarm"],
  test_alarm_text: ["Ringer din egen telefon på alle kanaler.", "Rings your own phone on every channel."],
  test_rings: ["Testalarm: sådan lyder det", "Test alarm: this is how it sounds"],
  test_stop: ["Jeg hører det", "I hear it"],
  channel_fcm: ["Push", "Push"],
  channel_sms: ["SMS", "Text message"],
  channel_in_app: ["Appens egen forbindelse", "The app’s own connection"],
  outcome_waiting: ["venter", "waiting"],
  outcome_sent: ["sendt", "sent"],
  outcome_failed: ["kom ikke frem", "did not arrive"],
  outcome_received: ["modtaget", "received"],
  arrest: ["Lav et hjertestop nær mig", "Make a cardiac arrest near me"],
  arrest_text: ["Demoen melder det som en AMK-vagtcentral. De 20 nærmeste ringes op, også dig.", "The demo reports it as a dispatch centre. The 20 nearest are rung, you among them."],
  arrest_made: ["Meldt. Din telefon ringer om et øjeblik.", "Reported. Your phone rings in a moment."],
  ambulance: ["Lad ambulancen komme frem", "Let the ambulance arrive"],
  history: ["Mine alarmer", "My alarms"],
  no_history: ["Ingen alarmer endnu.", "No alarms yet."],
  sign_out: ["Log ud", "Sign out"],

  ring_title: ["Formodet hjertestop", "Suspected cardiac arrest"],
  ring_near: ["tæt på dig", "near you"],
  ring_left: ["ringer endnu", "rings for another"],
  accept: ["Acceptér", "Accept"],
  decline: ["Afvis", "Decline"],
  ring_promise: ["Adressen vises, når du har accepteret.", "The address is shown once you have accepted."],
  missed_line: ["Alarmen er holdt op med at ringe.", "The alarm has stopped ringing."],

  role_aed: ["Hent hjertestarteren", "Fetch the AED"],
  role_aed_in_hand: ["Gå til patienten med hjertestarteren", "Take the AED to the patient"],
  role_direct: ["Gå direkte til patienten", "Go straight to the patient"],
  role_guide: ["Vis ambulancen vej", "Show the ambulance the way"],
  role_standby: ["Hold dig klar", "Stand by"],
  role_aed_text: ["Hent den, og gå så til patienten:", "Fetch it, then go to the patient:"],
  role_direct_text: ["Start hjerte-lunge-redning (HLR): 30 tryk, 2 pust.", "Start CPR: 30 compressions, 2 breaths."],
  left_reach: ["Du er nu uden for alarmeringsradius.", "You are now outside the reach."],
  patient: ["Patienten", "The patient"],
  floor: ["Etage", "Floor"],
  door: ["Dør", "Door"],
  entrance: ["Opgang", "Entrance"],
  door_code: ["Dørkode", "Door code"],
  coarse: ["Stedet er kun kendt omtrentligt. En bedre placering kan følge.", "The place is known only roughly. A better position may follow."],
  no_address: ["Kun positionen er kendt", "Only the position is known"],
  aed: ["Hjertestarteren", "The AED"],
  aed_source: ["Kilde til hjertestartere", "Source of AEDs"],
  cabinet_code: ["Kode til skabet", "Cabinet code"],
  open_open: ["Åben nu", "Open now"],
  open_closed: ["Lukket", "Closed"],
  open_unknown: ["Åbningstid ukendt", "Opening hours unknown"],
  you: ["Dig", "You"],
  en_route: ["Jeg er på vej", "I am on my way"],
  aed_picked_up: ["Jeg har hjertestarteren", "I have the AED"],
  on_scene: ["Jeg er på stedet", "I am at the place"],
  with_patient: ["Jeg er hos patienten", "I am with the patient"],
  finished: ["Færdig", "Finished"],
  done_en_route: ["På vej", "On the way"],
  done_aed_picked_up: ["Hjertestarter hentet", "AED fetched"],
  done_on_scene: ["På stedet", "At the place"],
  done_with_patient: ["Hos patienten", "With the patient"],
  aed_trouble: ["Problem med hjertestarteren?", "Trouble with the AED?"],
  not_there: ["Ikke der", "Not there"],
  locked: ["Låst inde", "Locked"],
  dead: ["Virker ikke", "Dead"],
  aed_next: ["Tak. Her er den næste åbne hjertestarter.", "Thank you. Here is the next open AED."],
  aed_none: ["Tak. Gå direkte til patienten.", "Thank you. Go straight to the patient."],
  give_up: ["Jeg kan ikke fortsætte", "I cannot continue"],
  give_up_why: ["Hvorfor ikke?", "Why not?"],
  cannot_get_there: ["Jeg kan ikke nå frem", "I cannot get there"],
  unsafe: ["Det er ikke sikkert", "It is not safe"],
  unwell: ["Jeg har det dårligt", "I am unwell"],
  other: ["Andet", "Something else"],
  back: ["Tilbage", "Back"],
  home: ["Til forsiden", "To the start"],
  go_direct: ["Gå direkte til patienten – du skal ikke hente hjertestarteren.", "Go straight to the patient: do not fetch the defibrillator."],
  revised: ["Placeringen er rettet. Se den nye.", "The position was corrected. See the new one."],

  state_ringing: ["Ringer", "Ringing"],
  state_accepted: ["Accepteret", "Accepted"],
  state_declined: ["Afvist", "Declined"],
  state_missed: ["Ikke besvaret", "Missed"],
  state_unreachable: ["Kunne ikke nås", "Unreachable"],
  state_withdrawn: ["Alarmen er aflyst", "The alarm was withdrawn"],
  state_stood_down: ["Missionen er aflyst", "You are stood down"],
  state_gave_up: ["Du kunne ikke fortsætte", "You could not continue"],
  state_finished: ["Missionen er slut", "The mission is over"],
  over_declined: ["Tak for svaret. Andre er ringet op.", "Thank you for answering. Others were rung."],
  over_gave_up: ["Det er i orden. Din plads er givet videre.", "That is all right. Your place has been passed on."],
  over_finished: ["Tak, fordi du løb. Tal med nogen om det, hvis du har brug for det.", "Thank you for going. Talk to somebody about it if you need to."],
  over_stood_down: ["Tak, fordi du var på vej.", "Thank you for being on your way."],

  reason_ambulance_arrived: ["Ambulancen er fremme", "The ambulance has arrived"],
  reason_not_cardiac_arrest: ["Ikke hjertestop", "Not a cardiac arrest"],
  reason_unsafe_place: ["Usikkert sted", "Unsafe place"],
  reason_wrong_address: ["Forkert adresse", "Wrong address"],
  reason_enough_helpers: ["Hjælpere nok", "Enough helpers"],
  reason_sent_in_error: ["Sendt ved en fejl", "Sent in error"],
  reason_no_answer: ["Intet svar", "No answer"],
  reason_outage: ["Alarmen nåede ikke ud på grund af en fejl", "The alarm did not get out because of a fault"],
  reason_no_channel_accepted: ["Din telefon kunne ikke nås", "Your phone could not be reached"],
  reason_nearer_ones_asked: ["Nogen tættere på er spurgt", "Somebody nearer was asked"],
  reason_finished: ["Du er færdig", "You are done"],
  reason_closed: ["Indsatsen er slut", "The mission is over"],
  reason_joined: ["Samme hjertestop er meldt to gange", "The same arrest was reported twice"],
  reason_out_of_reach: ["Stedet er et andet, og du kan ikke nå frem", "The place is another one, and you cannot get there in time"],
  reason_timed_out: ["Tiden er udløbet", "Timed out"],
  reason_cannot_get_there: ["Kunne ikke nå frem", "Could not get there"],
  reason_unsafe: ["Ikke sikkert", "Not safe"],
  reason_unwell: ["Havde det dårligt", "Was unwell"],
  reason_other: ["Andet", "Something else"],

  elsewhere: ["Du er allerede på en anden mission.", "You are already on another mission."],
  no_place: ["Der er hjælpere nok. Tak, fordi du meldte dig.", "There are helpers enough. Thank you for offering."],
  overloaded: ["Systemet har travlt med alarmer. Prøv igen om lidt.", "The system is busy with alarms. Try again in a moment."],
  failed: ["Det lykkedes ikke", "That did not work"],
};

/** @type {"da" | "en"} */
let chosen = localStorage.getItem(KEPT) === "en" ? "en" : "da";

export const language = () => chosen;

/** @param {"da" | "en"} wanted */
export function speak(wanted) {
  chosen = wanted;
  localStorage.setItem(KEPT, wanted);
  document.documentElement.lang = wanted;
}

/** @param {string} key */
export function t(key) {
  const pair = WORDS[key];
  return pair ? pair[chosen === "da" ? 0 : 1] : key.replaceAll("_", " ");
}

/** A word for a value of an open enum: a newer server may send one that is not in the list. @param {string} prefix @param {string | null} value */
export const tOf = (prefix, value) => (value && WORDS[`${prefix}_${value}`] ? t(`${prefix}_${value}`) : (value || "").replaceAll("_", " "));

document.documentElement.lang = chosen;
