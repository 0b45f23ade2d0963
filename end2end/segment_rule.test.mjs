import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, becomes, holds, newTeammate, noErrors, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    for (const [userId, name, plan] of [['grace', 'Grace Hopper', 'Pro'], ['alan', 'Alan Turing', 'free']]) {
        await send(server, 'identify', { userId, traits: { name, email: `${userId}@example.com`, plan, unsubscribedFromEmails: userId === 'alan' } });
        await send(server, 'page', { userId });
    }
    await send(server, 'track', { userId: 'grace', event: 'Ordered', properties: { total: 20, sku: 'A1' } });
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const row = (page, n) => page.locator('.rule-row').nth(n);
const found = (page, text) => page.locator('.rule-look').getByText(text, { exact: true }).waitFor();
const rule = (...all) => JSON.stringify({ version: 1, rule: { all } });
const builder = (text, name = '') => `${server.url}/segments/new?of=contact&name=${name}&rule=${encodeURIComponent(text)}`;
const box = (page) => page.getByLabel('The rule, which only its JSON form can say');
// Four members of metadata: more than a row has room for.
const known = ['total', 'sku'].map((field) => ({ field, op: 'has_any_value' }));
const ordered = { event: 'Ordered', op: 'occurred', metadata: [{ field: 'total', op: 'at_least', value: 10 }, { field: 'sku', op: 'is', value: 'A1' }, ...known] };

for (const javaScript of [true, false]) {
    test(`a segment is duplicated as it stands, with what is not saved yet, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
        const page = await newTeammate(browser, server, { javaScript });
        const name = javaScript ? 'Paying' : 'Paying, no script';
        await page.goto(builder(rule({ field: 'custom_attributes.plan', op: 'is', value: 'pro' }), name));
        if (javaScript) await ready(page);
        await page.getByRole('button', { name: 'Save segment' }).click();
        await page.waitForURL(/\/segments\/\d+$/);
        const saved = page.url();
        if (javaScript) await ready(page);
        await row(page, 0).getByLabel('Value').fill('team');
        await page.getByRole('button', { name: 'Duplicate' }).click();
        await page.waitForURL(/\/segments\/new/);
        await becomes(() => row(page, 0).getByLabel('Value').inputValue(), 'team');
        await becomes(() => page.getByPlaceholder('Name of the segment').inputValue(), '', 'a copy has a name of its own');
        await page.getByPlaceholder('Name of the segment').fill(`${name} teams`);
        await page.getByRole('button', { name: 'Save segment' }).click();
        await page.waitForURL(/\/segments\/\d+$/);
        assert.notEqual(page.url(), saved);
        // What was duplicated is as it was; a name that was typed comes along.
        await page.goto(saved);
        if (javaScript) await ready(page);
        assert.equal(await row(page, 0).getByLabel('Value').inputValue(), 'pro');
        await page.getByPlaceholder('Name of the segment').fill(`${name} again`);
        await page.getByRole('button', { name: 'Duplicate' }).click();
        await page.waitForURL(/\/segments\/new/);
        await becomes(() => page.getByPlaceholder('Name of the segment').inputValue(), `${name} again`);
        // In the list too it is the rule as it stands.
        if (javaScript) await ready(page);
        await row(page, 0).getByLabel('Value').fill('free');
        if (javaScript) await found(page, '1 person now');
        await page.getByRole(javaScript ? 'link' : 'button', { name: 'Show in the list' }).click();
        await page.locator('.list-rule').getByText('People where plan is free.').waitFor();
        noErrors(page);
        await page.context().close();
    });
}

test('what is yes or no reads as English where it is asked, said and explained', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(builder(rule({ field: 'has_hard_bounced', op: 'is_false' }), 'Still reached'));
    await ready(page);
    await page.getByText('People where their e-mail address is not refused.').waitFor();
    const comparison = row(page, 0).getByLabel('Comparison');
    assert.deepEqual(await comparison.locator('option').allInnerTexts(), ['yes', 'no']);
    await row(page, 0).getByLabel('Field').selectOption('unsubscribed_from_emails');
    await page.getByText('People where they are not unsubscribed from e-mails.').waitFor();
    await comparison.selectOption('is_true');
    await page.getByText('People where they are unsubscribed from e-mails.').waitFor();
    await found(page, '1 person now');
    await page.getByPlaceholder('Name of the segment').fill('Want no mail');
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.getByRole('link', { name: 'In it now: 1' }).click();
    await page.getByRole('link', { name: 'Alan Turing' }).click();
    await ready(page);
    const section = page.locator('details.facts').filter({ has: page.getByText('Segments', { exact: true }) });
    await section.locator('.standing').filter({ hasText: 'Want no mail' }).getByText('Why', { exact: true }).click();
    await section.getByText('They are unsubscribed from e-mails').waitFor();
    noErrors(page);
    await page.context().close();
});

test('why somebody is in a segment stays open while they go on doing something', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/people?find=grace`);
    await page.getByRole('link', { name: 'Grace Hopper' }).first().click();
    await ready(page);
    const section = page.locator('details.facts').filter({ has: page.getByText('Segments', { exact: true }) });
    const active = section.locator('.standing').filter({ hasText: 'Active' });
    await active.getByText('Why', { exact: true }).click();
    await active.getByText('Last seen is less than 30 days ago').waitFor();
    await section.getByText(/^Not in \d+ others?$/).click();
    const away = section.locator('.standing').filter({ hasText: 'Slipping away' });
    await away.getByText('Why not', { exact: true }).click();
    await away.getByText('Last seen is more than 30 days ago').waitFor();
    // What they do, and a segment that they come into by it, leave open what one reads.
    await send(server, 'track', { userId: 'grace', event: 'Report opened' });
    await page.getByText('Report opened').first().waitFor();
    await send(server, 'identify', { userId: 'grace', traits: { createdAt: new Date().toISOString() } });
    await section.locator('.standing').filter({ hasText: /^New/ }).getByText('Why', { exact: true }).waitFor();
    await active.getByText('Last seen is less than 30 days ago').waitFor();
    await away.getByText('Last seen is more than 30 days ago').waitFor();
    await active.getByText('Why', { exact: true }).click();
    await active.getByText('Last seen is less than 30 days ago').waitFor({ state: 'hidden' });
    noErrors(page);
    await page.context().close();
});

test('who marked an e-mail as spam is found, is left out, and says so on the profile', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(builder(rule({ field: 'marked_email_as_spam', op: 'is_true' }), 'Complained'));
    await ready(page);
    await page.getByText('People where they marked an e-mail as spam.').waitFor();
    await found(page, '0 people now');
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.getByRole('link', { name: 'In it now: 0' }).waitFor();
    // A teammate reads the complaint and says so on the profile.
    const other = await newTeammate(browser, server);
    await other.goto(`${server.url}/people?find=grace`);
    await other.getByRole('link', { name: 'Grace Hopper' }).first().click();
    await ready(other);
    const mail = other.locator('details.facts').filter({ has: other.getByText('E-mail to many', { exact: true }) });
    await mail.getByText('Gets e-mail to many', { exact: true }).waitFor();
    await mail.getByRole('button', { name: 'Note a complaint' }).click();
    await mail.getByText('Gets none: marked an e-mail as spam').waitFor();
    // The open tab of the segment follows.
    await page.reload();
    await page.getByRole('link', { name: 'In it now: 1' }).waitFor();
    // They want it again.
    await mail.getByRole('button', { name: 'Subscribe: everything' }).click();
    await mail.getByText('Gets e-mail to many', { exact: true }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'In it now: 0' }).waitFor();
    for (const one of [page, other]) {
        noErrors(one);
        await one.context().close();
    }
});

test('a place, an address, a picture and the last update are found and asked', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(builder(rule({ field: 'updated_at', op: 'less_than_days_ago', value: 1 })));
    await ready(page);
    await found(page, '2 people now');
    for (const [n, typed] of ['latitude', 'longitude', 'ip addr', 'picture'].entries()) {
        await page.getByLabel('Find what to ask').fill(typed);
        await page.getByLabel('Find what to ask').press('Enter');
        await row(page, n + 1).getByLabel('Comparison').selectOption('is_unknown');
    }
    await page.getByText('Latitude is unknown and Longitude is unknown and IP address is unknown and Picture is unknown').waitFor();
    noErrors(page);
    await page.context().close();
});

test('a rule that only JSON can say is looked at while it is typed, its mistakes with their lines', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(builder(rule(ordered), 'Ordered A1'));
    await ready(page);
    await page.getByText('People where Ordered has occurred where total is at least 10 and sku is A1 and total has any value and sku has any value.').waitFor();
    await found(page, '1 person now');
    const text = await box(page).inputValue();
    assert.ok(text.includes('\n'), 'a line for each member');
    // Another number, another answer.
    await box(page).fill(text.replace('10', '30'));
    await found(page, '0 people now');
    // An operator that there is not: the line, which a press shows.
    const wrong = text.replace('"at_least"', '"at_leats"');
    await box(page).fill(wrong);
    const lines = page.locator('.rule-lines li');
    await lines.getByText('there is no operator at_leats').waitFor();
    const marks = async (text, part, expected) => {
        const line = text.slice(0, text.indexOf(part)).split('\n').length;
        await lines.getByRole('button', { name: `Line ${line}`, exact: true }).click();
        const marked = () => box(page).evaluate((field) => field.value.slice(field.selectionStart, field.selectionEnd).trim());
        await holds(async () => expected.test(await marked()), `line ${line} is marked`);
    };
    await marks(wrong, '"at_leats"', /^"op": "at_leats",$/);
    await accessible(page);
    await picture(page, 'segment-json-1440-light');
    // A value that is none, and a name that there is not.
    const many = text.replace('"value": 10', '"value": "many"');
    assert.notEqual(many, text);
    await box(page).fill(many);
    await lines.getByText('write a number').waitFor();
    await marks(many, '"many"', /^"value": "many",?$/);
    const misspelt = text.replace('"event"', '"evnet"');
    await box(page).fill(misspelt);
    await lines.getByText(/there is no (evnet|metadata) here/).waitFor();
    // No JSON at all: what is typed stays, through a save that is refused.
    const torn = text.replace('"A1"', '"A1",,');
    await box(page).fill(torn);
    await lines.getByText(/its JSON goes wrong at line \d+, column \d+/).waitFor();
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.getByRole('alert').getByText(/its JSON goes wrong at line \d+, column \d+/).waitFor();
    await ready(page);
    assert.equal(await box(page).inputValue(), torn);
    assert.equal(await page.getByPlaceholder('Name of the segment').inputValue(), 'Ordered A1');
    // Mended, it is saved, and still all there.
    await box(page).fill(text);
    await found(page, '1 person now');
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.getByRole('link', { name: 'In it now: 1' }).waitFor();
    await becomes(() => box(page).inputValue(), text);
    noErrors(page, /status of 400/);
    await page.context().close();
});

test('without JavaScript a rule that only JSON can say loses nothing', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(builder(rule(ordered)));
    const text = await box(page).inputValue();
    await page.getByRole('button', { name: 'Look again' }).click();
    await found(page, '1 person now');
    assert.equal(await box(page).inputValue(), text, 'both members of the metadata are there');
    await box(page).fill(text.replace('"at_least"', '"at_leats"'));
    await page.getByPlaceholder('Name of the segment').fill('By JSON');
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.locator('.rule-lines').getByText('there is no operator at_leats').waitFor();
    assert.ok((await box(page).inputValue()).includes('at_leats'));
    await box(page).fill(text);
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.waitForURL(/\/segments\/\d+$/);
    noErrors(page);
    await page.context().close();
});

for (const javaScript of [true, false]) {
    test(`two things are asked of one and the same purchase, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
        const page = await newTeammate(browser, server, { javaScript });
        const again = async () => (javaScript ? undefined : page.getByRole('button', { name: 'Look again' }).click());
        const said = (text) => page.locator('.rule-sentence').getByText(text, { exact: true }).waitFor();
        await page.goto(builder(rule({ event: 'Ordered', op: 'occurred' }), `Bought A1 ${javaScript}`));
        if (javaScript) await ready(page);
        await row(page, 0).getByLabel('Metadata, such as total').fill('sku');
        await again();
        await row(page, 0).getByLabel('Value').fill('A1');
        await row(page, 0).getByLabel('More of the metadata').first().fill('total');
        await again();
        await row(page, 0).getByLabel('How the metadata is compared').nth(1).selectOption('greater');
        await row(page, 0).getByLabel('Value').nth(1).fill('30');
        await again();
        await said('People where Ordered has occurred where sku is A1 and total is greater than 30.');
        await found(page, '0 people now');
        await row(page, 0).getByLabel('Value').nth(1).fill('19');
        await again();
        await found(page, '1 person now');
        await page.getByRole('button', { name: 'Save segment' }).click();
        await page.waitForURL(/\/segments\/\d+$/);
        await said('People where Ordered has occurred where sku is A1 and total is greater than 19.');
        await becomes(() => row(page, 0).getByLabel('Value').evaluateAll((all) => all.map((one) => one.value)), ['A1', '19']);
        noErrors(page);
        await page.context().close();
    });
}

test('a link to a rule carries it as it stands, its name included', async () => {
    const page = await newTeammate(browser, server);
    const copied = async () => {
        // What is copied is there a moment after it is said.
        await page.evaluate(() => navigator.clipboard.writeText(''));
        await page.getByRole('button', { name: 'Copy link' }).click();
        await page.getByRole('button', { name: 'Link copied' }).waitFor();
        await holds(() => page.evaluate(() => navigator.clipboard.readText()), 'it is copied');
        return page.evaluate(() => navigator.clipboard.readText());
    };
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
    await page.goto(`${server.url}/segments/new?of=contact`);
    await ready(page);
    await page.getByPlaceholder('Name of the segment').fill('Linked');
    await row(page, 0).getByLabel('Days').fill('12');
    await found(page, '0 people now');
    const link = await copied();
    await page.goto(link);
    await ready(page);
    assert.equal(await page.getByPlaceholder('Name of the segment').inputValue(), 'Linked');
    assert.equal(await row(page, 0).getByLabel('Days').inputValue(), '12');
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.waitForURL(/\/segments\/\d+$/);
    await ready(page);
    // As it is saved it is its address; changed, it carries the change.
    assert.equal(await copied(), page.url());
    await row(page, 0).getByLabel('Days').fill('34');
    await page.getByRole('button', { name: 'Copy link' }).waitFor();
    await page.goto(await copied());
    await ready(page);
    assert.equal(await row(page, 0).getByLabel('Days').inputValue(), '34');
    await page.getByRole('button', { name: 'Save changes' }).waitFor();
    noErrors(page);
    await page.context().close();
});
