/** What invented people and companies are called, and what they write. All of it is ours. */
export const words = {
  given: [
    ...['Ada', 'Amir', 'Aoife', 'Bela', 'Bruno', 'Carla', 'Chidi', 'Dana', 'Diego', 'Elif', 'Emil', 'Farah', 'Finn'],
    ...['Greta', 'Hana', 'Hugo', 'Ines', 'Ivo', 'Jana', 'Jonas', 'Kaito', 'Kira', 'Lena', 'Luca', 'Mara', 'Mateo'],
    ...['Nadia', 'Nils', 'Olga', 'Omar', 'Petra', 'Priya', 'Quinn', 'Rania', 'Remy', 'Sofia', 'Tariq', 'Uma', 'Vera'],
    ...['Wim', 'Xenia', 'Yara', 'Yusuf', 'Zoe'],
  ],
  family: [
    ...['Abara', 'Almeida', 'Bakker', 'Berg', 'Castell', 'Cerny', 'Dahl', 'Demir', 'Eklund', 'Farrow', 'Fontes'],
    ...['Gallo', 'Hadley', 'Haugen', 'Ibarra', 'Ito', 'Jansen', 'Kaplan', 'Kovac', 'Lindqvist', 'Lowell', 'Mensah'],
    ...['Moreau', 'Novak', 'Obi', 'Okafor', 'Pereira', 'Quist', 'Rahimi', 'Rossi', 'Sandoval', 'Sato', 'Tanaka'],
    ...['Teller', 'Ueda', 'Varga', 'Vogel', 'Weber', 'Yilmaz', 'Zeman'],
  ],
  company: ['Alder', 'Birchwood', 'Cobalt', 'Driftwood', 'Ember', 'Fjord', 'Granite', 'Harbor', 'Indigo', 'Juniper'],
  trade: ['Bikes', 'Books', 'Clinics', 'Farms', 'Foods', 'Hotels', 'Labs', 'Logistics', 'Outdoors', 'Studios'],
  product: ['Atlas', 'Beacon', 'Compass', 'Delta'],
  opening: [
    'Since this morning this does not work for us any more.',
    'I tried it twice and got the same result.',
    'My colleagues see the same thing.',
    'It worked until yesterday.',
    'Could you please have a look?',
    'We need this before the end of the day.',
  ],
  followUp: [
    'Thank you, but it still happens.',
    'That helped for an hour, then it came back.',
    'Here is what you asked for: it is order 10 of last week.',
    'Yes, on both machines.',
    'Any news on this?',
  ],
  reply: [
    'Thank you for writing. I am looking into it and come back to you shortly.',
    'I can see what happened on our side. Could you tell me which device you use?',
    'I have changed the setting for you. Please sign out and in again.',
    'This is known to us and is being mended today.',
  ],
  solution: [
    'This is done now. Please tell us if anything is left.',
    'The cause is found and mended; thank you for your patience.',
    'I have corrected it and checked it twice. Have a good day.',
  ],
  note: [
    'Asked the second line.',
    'Same as this morning’s tickets.',
    'Customer prefers to be called.',
    'Checked the log: nothing odd.',
  ],
  praise: ['Quick and friendly.', 'Thank you!', 'Exactly what I needed.'],
  complaint: ['Took far too long.', 'I had to explain it three times.', 'Not solved for me.'],
} as const;
