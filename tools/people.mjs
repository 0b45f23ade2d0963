// Writes two CSV files of made-up people and of what they did, the same ones every time:
// node tools/people.mjs FOLDER PEOPLE makes people.csv (a row each) and events.csv (three rows each).
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';

const [folder, count] = [process.argv[2], Number(process.argv[3])];
const first = ['Grace', 'Ada', 'Katherine', 'نور', 'Émile', 'Wolfgang', '明', 'Ольга', 'Ἑλένη', 'Søren', 'Amélie', 'राधा'];
const last = ['Hopper', 'Lovelace', 'Johnson', 'الدين', 'Zola', 'Müller', '李', 'Иванова', 'Παπαδοπούλου', 'Kierkegaard', 'Dupont', 'शर्मा'];
const plans = ['free', 'pro', 'enterprise'];
const events = ['Signed in', 'Order completed', 'Report opened', 'Invited a colleague', 'Exported'];
let state = 42;
const random = (n) => {
    // xorshift32: enough for variety, and the same everywhere.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
};
const write = async (out, text) => {
    if (!out.write(text)) await new Promise((done) => out.once('drain', done));
};
const people = createWriteStream(join(folder, 'people.csv'));
const done = createWriteStream(join(folder, 'events.csv'));
await write(people, 'user_id,name,email,plan,seats,signed_up_at,company_id\n');
await write(done, 'user_id,event,timestamp,total\n');
const start = Date.UTC(2025, 0, 1);
for (let n = 0; n < count; n++) {
    const name = `${first[random(first.length)]} ${last[random(last.length)]} ${n}`;
    const day = new Date(start + random(500) * 86_400_000).toISOString();
    const company = Math.floor(n / 20);
    await write(people, `u-${n},${name},p${n}@example${random(900)}.com,${plans[random(3)]},${random(200)},${day},c-${company}\n`);
    for (let k = 0; k < 3; k++) {
        const at = new Date(start + random(600) * 86_400_000 + random(86_400) * 1000).toISOString();
        await write(done, `u-${random(count)},${events[random(events.length)]},${at},${random(900) / 10}\n`);
    }
}
await Promise.all([people, done].map((out) => new Promise((ended) => out.end(ended))));
