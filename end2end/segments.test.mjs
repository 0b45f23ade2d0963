import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, becomes, holds, live, newTab, newTeammate, noErrors, none, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    const people = [
        ['grace', 'Grace Hopper', 'Pro', 30],
        ['alan', 'Alan Turing', 'free', 3],
        ['noor', 'نور الدين', 'Pro', 12],
        ['long', 'Hubert Blaine Wolfeschlegelsteinhausenbergerdorff', 'team', 1],
    ];
    for (const [userId, name, plan, seats] of people) {
        await send(server, 'identify', { userId, traits: { name, email: `${userId}@example.com`, plan, seats } });
        await send(server, 'page', { userId });
    }
    for (let n = 0; n < 3; n++) await send(server, 'track', { userId: 'grace', event: 'Order completed', properties: { total: 20 + n } });
    await send(server, 'group', { userId: 'grace', groupId: 'navy', traits: { name: 'US Navy', plan: 'enterprise' } });
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const row = (page, n) => page.locator('.rule-row').nth(n);
const found = (page, text) => page.locator('.rule-look').getByText(text, { exact: true }).waitFor();
const count = (page, name) => page.locator('.segment').filter({ hasText: name }).locator('.segment-count');

test('a segment is built while its count follows, saved, and kept as data changes', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/people`);
    await page.locator('.segment-tabs').getByRole('link', { name: /Active/ }).getByText('4').waitFor();
    await page.getByRole('link', { name: 'All segments' }).click();
    await page.getByRole('heading', { name: 'Segments' }).waitFor();
    await count(page, 'Slipping away').first().getByText('0').waitFor();
    await page.getByRole('link', { name: 'New segment of people' }).click();
    await page.getByPlaceholder('Name of the segment').fill('Large accounts');
    await ready(page);
    await row(page, 0).getByLabel('Field').selectOption('custom_attributes.plan');
    // What people have in the field is offered, and what is typed narrows it.
    await row(page, 0).getByLabel('Value').focus();
    const offered = (n) => row(page, n).locator('datalist option').evaluateAll((all) => all.map((one) => one.value).sort());
    await page.waitForFunction(() => document.querySelectorAll('.rule-row datalist option').length === 3);
    assert.deepEqual(await offered(0), ['Pro', 'free', 'team']);
    await row(page, 0).getByLabel('Value').fill('pro');
    await page.waitForFunction(() => document.querySelectorAll('.rule-row datalist option').length === 1);
    await found(page, '2 people now');
    await page.getByText('People where plan is pro.').waitFor();
    await page.getByRole('button', { name: 'Add condition' }).click();
    await row(page, 1).getByLabel('Field').selectOption('custom_attributes.seats');
    await row(page, 1).getByLabel('Comparison').selectOption('at_least');
    await row(page, 1).getByLabel('Number').fill('many');
    await page.locator('.rule-part[data-invalid]').getByText('write a number').waitFor();
    await row(page, 1).getByLabel('Number').fill('20');
    await found(page, '1 person now');
    await page.getByRole('button', { name: 'Add event' }).click();
    await row(page, 2).getByLabel('Name of the event').fill('Order completed');
    await row(page, 2).getByLabel('How often or when').selectOption('at_least');
    await row(page, 2).getByLabel('Times', { exact: true }).fill('3');
    await row(page, 2).getByLabel('When', { exact: true }).selectOption('less_than_days_ago');
    await row(page, 2).getByLabel('Days', { exact: true }).fill('30');
    await page.getByText('Order completed has occurred at least 3 times less than 30 days ago').waitFor();
    await found(page, '1 person now');
    await page.getByRole('button', { name: 'Add group' }).click();
    await row(page, 3).getByLabel('Field').selectOption('role');
    await row(page, 3).getByLabel('Value').selectOption('user');
    await row(page, 2).getByRole('button', { name: 'Remove this condition' }).click();
    await becomes(() => page.locator('.rule-row').count(), 3);
    await picture(page, 'segment-builder-1440-light');
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.waitForURL(/\/segments\/\d+$/);
    await page.getByRole('link', { name: 'In it now: 1' }).waitFor();

    const other = await newTab(page);
    await other.goto(`${server.url}/segments`);
    await ready(other);
    await live(other);
    await count(other, 'Large accounts').filter({ hasText: /^1 in it$/ }).waitFor();
    await send(server, 'identify', { userId: 'noor', traits: { seats: 25 } });
    await count(other, 'Large accounts').filter({ hasText: /^2 in it$/ }).waitFor();

    await page.goto(`${server.url}/segments`);
    await count(page, 'Large accounts').click();
    await page.locator('.toolbar-count').getByText('2 people').waitFor();
    await page.getByRole('link', { name: 'نور الدين' }).click();
    await page.locator('.stream').getByText('Entered Large accounts').waitFor();
    await page.locator('.stream').getByText('seats is at least 20').waitFor();
    const section = page.locator('details.facts').filter({ has: page.getByText('Segments', { exact: true }) });
    await section.locator('.standing').filter({ hasText: 'Large accounts' }).getByText('Why', { exact: true }).click();
    await section.getByText('plan is pro').waitFor();
    await section.getByText('Not in', { exact: false }).click();
    await section.locator('.standing').filter({ hasText: 'Slipping away' }).getByText('Why not').click();
    await section.getByText('Last seen is more than 30 days ago').waitFor();
    await section.getByText('Time alone puts them in').waitFor();
    await picture(page, 'segments-profile-1440-light');
    noErrors(page);
    noErrors(other);
    await page.context().close();
});

test('an edit says who comes and who goes before it is saved; a name that is taken loses nothing', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/segments`);
    await page.getByRole('link', { name: 'Large accounts', exact: true }).click();
    await ready(page);
    await row(page, 1).getByLabel('Number').fill('1');
    await row(page, 0).getByLabel('Value').fill('team');
    await page.locator('.rule-moves-look').getByText('1 person enters').waitFor();
    await page.locator('.rule-moves-look').getByText('2 people leave').waitFor();
    await page.getByPlaceholder('Name of the segment').fill('active');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('alert').getByText('There is a segment called active already').waitFor();
    assert.equal(await row(page, 0).getByLabel('Value').inputValue(), 'team');
    await page.getByPlaceholder('Name of the segment').fill('Teams');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('link', { name: 'In it now: 1' }).waitFor();
    await page.getByRole('button', { name: 'Duplicate' }).click();
    await page.waitForURL(/\/segments\/new/);
    await becomes(() => row(page, 0).getByLabel('Value').inputValue(), 'team');
    await becomes(() => page.getByPlaceholder('Name of the segment').inputValue(), '');
    await page.goBack();
    await page.getByRole('button', { name: 'Archive' }).click();
    await page.waitForURL(/\/segments$/);
    await page.locator('.segments-archived summary').click();
    await page.locator('.segments-archived').getByRole('button', { name: 'Take back' }).click();
    await count(page, 'Teams').filter({ hasText: /^1 in it$/ }).waitFor();
    noErrors(page, /status of 409/);
    await page.context().close();
});

test('a rule filters the list before it is a segment', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/segments/new?of=contact`);
    await ready(page);
    await row(page, 0).getByLabel('Field').selectOption('custom_attributes.plan');
    await row(page, 0).getByLabel('Value').fill('pro');
    await found(page, '2 people now');
    await page.getByRole('link', { name: 'Show in the list' }).click();
    await page.locator('.list-rule').getByText('People where plan is pro.').waitFor();
    await page.locator('.toolbar-count').getByText('2 people').waitFor();
    await picture(page, 'people-rule-1440-light');
    await page.getByRole('link', { name: 'Change it or save it as a segment' }).click();
    await becomes(() => row(page, 0).getByLabel('Value').inputValue(), 'pro');
    await page.getByPlaceholder('Name of the segment').fill('Pros');
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.getByRole('link', { name: 'In it now: 2' }).waitFor();
    for (const list of ['people', 'companies']) {
        await page.goto(`${server.url}/${list}?rule=nonsense`);
        await page.getByRole('alert').getByText('This is not a rule').waitFor();
    }
    await page.goto(`${server.url}/segments/new?of=company`);
    await ready(page);
    await row(page, 0).getByLabel('Value').fill('free');
    await found(page, '0 companies now');
    await page.getByRole('link', { name: 'Show in the list' }).click();
    await page.getByText('No company found').waitFor();
    await page.locator('.list-rule').getByRole('link', { name: 'Change it or save it as a segment' }).click();
    await row(page, 0).getByLabel('Value').fill('enterprise');
    await found(page, '1 company now');
    await page.getByRole('link', { name: 'Show in the list' }).click();
    await page.locator('.list-rule').getByText('Companies where Plan is enterprise.').waitFor();
    await page.getByText('1 company').first().waitFor();
    await page.waitForURL(/\/companies\?.*rule=/);
    // The rule stays while one looks further.
    await page.getByLabel('Find companies').fill('navy');
    await page.waitForURL(/find=navy/);
    assert.match(page.url(), /rule=/);
    await page.getByRole('link', { name: 'Show without it' }).click();
    await page.locator('.list-rule').waitFor({ state: 'detached' });
    noErrors(page, /status of 400/);
    await page.context().close();
});

test('without JavaScript a rule is built a press at a time, refused, and saved', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/segments/new?of=company`);
    await row(page, 0).getByLabel('Value').fill('enterprise');
    await page.getByRole('button', { name: 'Add condition' }).click();
    assert.equal(await row(page, 0).getByLabel('Value').inputValue(), 'enterprise');
    await row(page, 1).getByLabel('Field').selectOption('user_count');
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.getByText('Fill in each condition to see who matches.').waitFor();
    await row(page, 1).getByLabel('Comparison').selectOption('at_least');
    await row(page, 1).getByLabel('Number').fill('1');
    await page.getByPlaceholder('Name of the segment').fill('Big fish');
    await page.getByRole('button', { name: 'Look again' }).click();
    await found(page, '1 company now');
    await page.getByRole('button', { name: 'None of these' }).click();
    await found(page, '0 companies now');
    await page.getByRole('button', { name: 'All of these' }).click();
    await page.getByPlaceholder('Name of the segment').fill('');
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.getByRole('alert').getByText('Write a name of at most 100 characters').waitFor();
    assert.equal(await row(page, 0).getByLabel('Value').inputValue(), 'enterprise');
    await page.getByPlaceholder('Name of the segment').fill('Big fish');
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.waitForURL(/\/segments\/\d+$/);
    noErrors(page);
    await page.context().close();
});

test('parts of a rule are moved by keys into a group, and dragged out of it', async () => {
    const page = await newTeammate(browser, server);
    const rule = { version: 1, rule: { all: [
        { field: 'name', op: 'contains', value: 'one' },
        { field: 'email', op: 'contains', value: 'two' },
        { any: [{ field: 'phone', op: 'contains', value: 'three' }] },
    ] } };
    const still = stillness(page);
    await page.goto(`${server.url}/segments/new?of=contact&rule=${encodeURIComponent(JSON.stringify(rule))}`);
    await ready(page);
    const values = () => page.locator('.rule-row').getByLabel('Value').evaluateAll((all) => all.map((one) => one.value));
    const nested = () => page.locator('.rule-group .rule-group .rule-row').getByLabel('Value').evaluateAll((all) => all.map((one) => one.value));
    await becomes(values, ['one', 'two', 'three']);
    // The button keeps the focus while the part goes down, into the group and through it.
    await row(page, 0).getByRole('button', { name: 'Move this condition down' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.value === 'down 1');
    await becomes(values, ['two', 'one', 'three']);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.value === 'down 1.0');
    await becomes(nested, ['one', 'three']);
    await still();
    // By hand out of the group, before the first.
    const handle = row(page, 1).locator('.rule-handle');
    await handle.scrollIntoViewIfNeeded();
    const [from, to] = [await handle.boundingBox(), await row(page, 0).boundingBox()];
    const start = { x: from.x + from.width / 2, y: from.y + from.height / 2 };
    const end = { x: to.x + to.width / 2, y: to.y + 3 };
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(end.x, (start.y + end.y) / 2);
    await page.mouse.move(end.x, end.y);
    await page.locator('[data-carried]').waitFor();
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelectorAll('.rule-group .rule-group .rule-row').length === 1);
    await becomes(values, ['one', 'two', 'three']);
    noErrors(page);
    await page.context().close();
});

const nesting = { version: 1, rule: { all: [
    { field: 'name', op: 'contains', value: 'one' },
    { field: 'email', op: 'contains', value: 'two' },
    { any: [{ field: 'phone', op: 'contains', value: 'three' }] },
] } };
const nestedIn = (page) => page.locator('.rule-group .rule-group .rule-row').getByLabel('Value').evaluateAll((all) => all.map((one) => one.value));
const middle = (box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
/** Waits, by what it answers, until a page has asked for nothing for a while. What is said of a rule comes above it and moves it: nothing is taken up before. */
const stillness = (page) => {
    let [asked, quiet] = [0, 0];
    const counts = (by) => (request) => request.url().includes('/do/') && ((asked += by), (quiet = Date.now()));
    page.on('request', counts(1)).on('requestfinished', counts(-1)).on('requestfailed', counts(-1));
    return async () => {
        for (quiet = Date.now(); asked > 0 || Date.now() - quiet < 700; ) await page.waitForTimeout(50);
    };
};

test('a condition is dropped into a group, beside it, and into one that is empty', async () => {
    const page = await newTeammate(browser, server);
    // All of it is in sight, so that nothing scrolls between two looks.
    await page.setViewportSize({ width: 1440, height: 1800 });
    const still = stillness(page);
    await page.goto(`${server.url}/segments/new?of=contact&rule=${encodeURIComponent(JSON.stringify(nesting))}`);
    await ready(page);
    await still();
    const group = page.locator('.rule-group .rule-group').first();
    const drag = async (from, to) => {
        const start = middle(await from.boundingBox());
        await page.mouse.move(start.x, start.y);
        await page.mouse.down();
        await page.mouse.move(to.x, (start.y + to.y) / 2);
        await page.mouse.move(to.x, to.y);
        await page.locator('[data-carried]').waitFor();
        await page.locator('[data-before], [data-drop]').first().waitFor();
    };
    // Onto the upper half of the condition in the group: before it.
    const inner = await row(page, 2).boundingBox();
    await drag(row(page, 0).locator('.rule-handle'), { x: inner.x + 60, y: inner.y + 4 });
    await picture(page, 'segment-drag-1440-light', true);
    // Esc lets go of it where it was.
    await page.keyboard.press('Escape');
    await page.locator('[data-carried]').waitFor({ state: 'detached' });
    await page.mouse.up();
    assert.deepEqual(await nestedIn(page), ['three']);
    await still();
    await drag(row(page, 0).locator('.rule-handle'), { x: inner.x + 60, y: inner.y + 4 });
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelectorAll('.rule-group .rule-group .rule-row').length === 2);
    assert.deepEqual(await nestedIn(page), ['one', 'three']);
    await still();
    // Onto the buttons below them: at the end of the group.
    const add = middle(await group.locator('.rule-add').boundingBox());
    await drag(row(page, 0).locator('.rule-handle'), { x: add.x + 300, y: add.y });
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelectorAll('.rule-group .rule-group .rule-row').length === 3);
    assert.deepEqual(await nestedIn(page), ['one', 'three', 'two']);
    await still();
    // Onto the edge of the group: beside it, before it.
    const box = await group.boundingBox();
    await drag(row(page, 1).locator('.rule-handle'), { x: box.x + 300, y: box.y + 3 });
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelectorAll('.rule-group .rule-group .rule-row').length === 2);
    assert.deepEqual(await nestedIn(page), ['one', 'two']);
    await still();
    // Dragged past the rule, to the right of it: a line shows the place that is nearest, here after the last.
    const end = await page.locator('.rule-group').first().boundingBox();
    await drag(row(page, 0).locator('.rule-handle'), { x: end.x + end.width + 40, y: end.y + end.height - 4 });
    await page.locator('.rule-group[data-place=""][data-drop="end"]').waitFor();
    await page.mouse.move(end.x + end.width + 40, end.y + 4);
    await page.locator('.rule-part[data-before]').first().waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-carried]').waitFor({ state: 'detached' });
    await page.mouse.up();
    await none(page.locator('[data-before], [data-drop]'));
    // Into a group that has nothing yet.
    await page.getByRole('button', { name: 'Add group' }).last().click();
    const empty = page.locator('.rule-group .rule-group').last();
    await empty.getByRole('button', { name: 'Remove this condition' }).click();
    await empty.getByText('Nothing is asked yet').waitFor();
    await still();
    await drag(row(page, 0).locator('.rule-handle'), middle(await empty.locator('.empty-text').boundingBox()));
    await page.mouse.up();
    await page.waitForFunction(() => [...document.querySelectorAll('.rule-group .rule-group')].at(-1).querySelectorAll('.rule-row').length === 1);
    await still();
    // A group goes into another as a whole.
    const whole = page.locator('.rule-group .rule-group').first();
    const other = await page.locator('.rule-group .rule-group').last().locator('.rule-row').boundingBox();
    await drag(whole.locator('.rule-group-head .rule-handle'), { x: other.x + 60, y: other.y + other.height - 4 });
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelectorAll('.rule-group .rule-group .rule-group').length === 1);
    noErrors(page);
    await page.context().close();
});

test('a finger drags a condition into a group', async () => {
    const page = await newTeammate(browser, server, { phone: true });
    await page.goto(`${server.url}/segments/new?of=contact&rule=${encodeURIComponent(JSON.stringify(nesting))}`);
    await ready(page);
    // Nothing moves by itself any more.
    await found(page, '0 people now');
    await page.locator('.rule-group .rule-group').scrollIntoViewIfNeeded();
    const handle = row(page, 1).locator('.rule-handle');
    await handle.scrollIntoViewIfNeeded();
    const start = middle(await handle.boundingBox());
    const inner = await row(page, 2).boundingBox();
    const end = { x: inner.x + inner.width / 2, y: inner.y + 6 };
    const scrolled = await page.evaluate(() => scrollY);
    const finger = await page.context().newCDPSession(page);
    const touch = (type, point) => finger.send('Input.dispatchTouchEvent', { type, touchPoints: point ? [point] : [] });
    await touch('touchStart', start);
    for (let n = 1; n <= 5; n++) await touch('touchMove', { x: start.x + (end.x - start.x) * n / 5, y: start.y + (end.y - start.y) * n / 5 });
    await page.locator('[data-carried]').waitFor();
    await page.locator('[data-before]').waitFor();
    assert.equal(await page.evaluate(() => scrollY), scrolled, 'the page keeps still under the finger');
    await picture(page, 'segment-drag-390-light');
    await touch('touchEnd');
    await page.waitForFunction(() => document.querySelectorAll('.rule-group .rule-group .rule-row').length === 2);
    assert.deepEqual(await nestedIn(page), ['two', 'three']);
    noErrors(page);
    await page.context().close();
});

test('what is dragged to the edge of the screen scrolls the page, and marks only where it may be dropped', async () => {
    const about = (n) => ({ field: 'name', op: 'contains', value: `v${n}` });
    const long = { version: 1, rule: { all: [about(0), { any: [about(1)] }, ...Array.from({ length: 20 }, (_, n) => about(n + 2))] } };
    for (const phone of [false, true]) {
        const page = await newTeammate(browser, server, { phone });
        await page.goto(`${server.url}/segments/new?of=contact&rule=${encodeURIComponent(JSON.stringify(long))}`);
        await ready(page);
        await found(page, '0 people now');
        const group = page.locator('.rule-group .rule-group');
        const own = group.locator('.rule-group-head .rule-handle');
        await own.evaluate((handle) => handle.scrollIntoView({ block: 'center' }));
        const finger = phone && (await page.context().newCDPSession(page));
        const touch = (type, point) => finger.send('Input.dispatchTouchEvent', { type, touchPoints: point ? [point] : [] });
        const down = (point) => (phone ? touch('touchStart', point) : page.mouse.move(point.x, point.y).then(() => page.mouse.down()));
        const move = (point) => (phone ? touch('touchMove', point) : page.mouse.move(point.x, point.y));
        const up = () => (phone ? touch('touchEnd') : page.mouse.up());
        await down(middle(await own.boundingBox()));
        // Onto a part of itself it cannot be dropped.
        const inner = middle(await group.locator('.rule-row').boundingBox());
        await move({ x: inner.x, y: inner.y - 2 });
        await move(inner);
        await page.locator('[data-carried]').waitFor();
        // No place is marked.
        await none(page.locator('[data-before], [data-drop]'));
        // Held at the lower edge, the end of the rule comes.
        const { width, height } = page.viewportSize();
        await move({ x: width / 3, y: height - 20 });
        await page.waitForFunction(() => scrollY + innerHeight >= document.documentElement.scrollHeight - 2);
        const last = await row(page, 21).boundingBox();
        await move({ x: last.x + 40, y: last.y + last.height - 3 });
        await page.locator('[data-before], [data-drop]').first().waitFor();
        await up();
        await page.waitForFunction(() => document.querySelector('.rule-parts').lastElementChild.querySelector('.rule-group'));
        const values = await page.locator('.rule-row').getByLabel('Value').evaluateAll((all) => all.map((one) => one.value));
        assert.deepEqual([values[0], values[1], values.at(-1)], ['v0', 'v2', 'v1']);
        noErrors(page);
        await page.context().close();
    }
});

test('days are offered by the words that people have for them', async () => {
    const page = await newTeammate(browser, server);
    const rule = { version: 1, rule: { all: [{ field: 'last_seen_at', op: 'less_than_days_ago', value: '' }] } };
    await page.goto(`${server.url}/segments/new?of=contact&rule=${encodeURIComponent(JSON.stringify(rule))}`);
    await ready(page);
    const days = row(page, 0).getByLabel('Days', { exact: true });
    const offered = await days.evaluate((input) => [...input.list.options].map((one) => `${one.value} ${one.label}`));
    assert.ok(offered.includes('7 a week') && offered.includes('365 a year'), offered.join());
    await days.fill('7');
    await found(page, '4 people now');
    await row(page, 0).getByLabel('Comparison').selectOption('on');
    await row(page, 0).getByLabel('Days that are often meant').selectOption({ label: 'Today' });
    const day = () => row(page, 0).getByLabel('Day', { exact: true }).inputValue();
    await holds(async () => /^\d{4}-\d\d-\d\d$/.test(await day()), 'a day is chosen');
    const today = await day();
    await found(page, '4 people now');
    await row(page, 0).getByLabel('Days that are often meant').selectOption({ label: 'A week ago' });
    await holds(async () => (await day()) !== today, 'another day is chosen');
    await found(page, '0 people now');
    // A day that is typed is none of the words.
    await row(page, 0).getByLabel('Day', { exact: true }).fill('2020-02-03');
    await becomes(() => row(page, 0).getByLabel('Days that are often meant').inputValue(), '');
    await page.getByText('People where last seen is on 2020-02-03.').waitFor();
    noErrors(page);
    await page.context().close();
});

test('what to ask is found by typing a part of its name', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/segments/new?of=contact&rule=${encodeURIComponent('{"version":1,"rule":{"all":[]}}')}`);
    await ready(page);
    const find = page.getByLabel('Find what to ask').first();
    await find.fill('sea');
    await becomes(() => find.evaluate((input) => [...input.list.options].map((one) => one.value)), ['seats']);
    await find.press('Enter');
    await becomes(() => row(page, 0).getByLabel('Field').inputValue(), 'custom_attributes.seats');
    await holds(() => row(page, 0).getByLabel('Field').evaluate((select) => select === document.activeElement), 'the new condition has the focus');
    assert.equal(await find.inputValue(), '', 'the next one is found from the start');
    await row(page, 0).getByLabel('Comparison').selectOption('at_least');
    await row(page, 0).getByLabel('Number').fill('10');
    await found(page, '2 people now');
    // What is chosen from the list comes whole, and is added at once.
    await page.getByLabel('Find what to ask').first().fill('Order completed (event)');
    await becomes(() => row(page, 1).getByLabel('Name of the event').inputValue(), 'Order completed');
    await found(page, '1 person now');
    // What means nothing adds nothing, and does not save the rule.
    await page.getByLabel('Find what to ask').first().fill('zzz');
    await page.getByLabel('Find what to ask').first().press('Enter');
    assert.equal(await page.locator('.rule-row').count(), 2);
    assert.match(page.url(), /\/segments\/new/);
    noErrors(page);
    await page.context().close();
    const plain = await newTeammate(browser, server, { javaScript: false });
    await plain.goto(`${server.url}/segments/new?of=contact`);
    assert.ok(!await plain.getByLabel('Find what to ask').first().isVisible(), 'without JavaScript the buttons do it');
    assert.ok(await plain.getByRole('button', { name: 'Add condition' }).first().isVisible());
    await plain.context().close();
});

test('an event offers what its metadata has, a number what people have', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/segments/new?of=contact`);
    await ready(page);
    const offered = (list) => page.waitForFunction((wanted) => {
        const lists = [...document.querySelectorAll('.rule-row datalist')];
        return lists.some((one) => JSON.stringify([...one.options].map((o) => o.value)) === JSON.stringify(wanted));
    }, list);
    await row(page, 0).getByLabel('Field').selectOption('custom_attributes.seats');
    await row(page, 0).getByLabel('Number').focus();
    await page.waitForFunction(() => [...document.querySelectorAll('.rule-row datalist option')].some((o) => o.value === '3'));
    await page.getByRole('button', { name: 'Add event' }).click();
    // A name that is misspelt is told apart from one that nobody did lately.
    const unheard = row(page, 1).getByText('No event of this name came so far.');
    await row(page, 1).getByLabel('Name of the event').fill('Order complete');
    await unheard.waitFor();
    await row(page, 1).getByLabel('Name of the event').fill('Order completed');
    await unheard.waitFor({ state: 'detached' });
    await row(page, 1).getByLabel('Metadata, such as total').focus();
    await offered(['total']);
    await row(page, 1).getByLabel('Metadata, such as total').fill('total');
    await row(page, 1).getByLabel('Value').focus();
    await offered(['20', '21', '22']);
    noErrors(page);
    await page.context().close();
});

test('without JavaScript a profile says why somebody is in a segment', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/people`);
    await page.getByRole('link', { name: 'Grace Hopper' }).click();
    const active = page.locator('.standing').filter({ hasText: 'Active' });
    await active.getByText('Why', { exact: true }).click();
    await active.getByRole('link', { name: 'Show each condition' }).click();
    await page.waitForURL(/why=/);
    await page.locator('.standing').filter({ hasText: 'Active' }).locator('.reasons li').first().waitFor();

    const away = page.locator('.standing').filter({ hasText: 'Slipping away' });
    assert.equal(await away.count(), 0, 'those that she is not in come when they are asked for');
    await page.getByText(/^Not in \d+ others?$/).click();
    await page.getByRole('link', { name: 'Show them' }).click();
    await away.getByText('Why not', { exact: true }).click();
    await away.getByRole('link', { name: 'Show each condition' }).click();
    await away.locator('.reasons li').first().waitFor();
    noErrors(page);
    await page.context().close();
});

test('of two who change a segment at once the later one is told, and loses nothing', async () => {
    const page = await newTeammate(browser, server);
    const rule = { version: 1, rule: { all: [{ field: 'custom_attributes.plan', op: 'is', value: 'pro' }] } };
    await page.goto(`${server.url}/segments/new?of=contact&name=Shared&rule=${encodeURIComponent(JSON.stringify(rule))}`);
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.waitForURL(/\/segments\/\d+$/);
    const address = page.url();
    await ready(page);
    const plain = await newTeammate(browser, server, { javaScript: false });
    await plain.goto(address);
    const other = await newTeammate(browser, server);
    await other.goto(address);
    await ready(other);
    await other.getByPlaceholder('Name of the segment').fill('Shared by both');
    await row(other, 0).getByLabel('Value').fill('free');
    await page.getByPlaceholder('Name of the segment').fill('Shared once');
    await page.getByRole('button', { name: 'Save changes' }).click();
    // Who still writes sees it at once, with what they wrote.
    const notice = (tab) => tab.locator('.segment-meanwhile');
    await notice(other).getByText('Ada Lovelace changed this segment after you opened it.').waitFor();
    await notice(other).getByText('Shared once').waitFor();
    await other.getByRole('button', { name: 'Save changes' }).click();
    await notice(other).getByText('so yours is not saved yet').waitFor();
    assert.equal(await other.getByPlaceholder('Name of the segment').inputValue(), 'Shared by both');
    assert.equal(await row(other, 0).getByLabel('Value').inputValue(), 'free');
    await ready(other);
    await other.getByRole('button', { name: 'Save mine anyway' }).click();
    await notice(other).waitFor({ state: 'detached' });
    await becomes(() => other.getByPlaceholder('Name of the segment').inputValue(), 'Shared by both');
    // Without JavaScript nothing is lost either, whatever was pressed before.
    await row(plain, 0).getByLabel('Value').fill('team');
    await plain.getByRole('button', { name: 'Save changes' }).click();
    await notice(plain).getByText('so yours is not saved yet').waitFor();
    assert.equal(await row(plain, 0).getByLabel('Value').inputValue(), 'team');
    await plain.getByRole('button', { name: 'Add condition' }).first().click();
    await row(plain, 1).waitFor();
    await notice(plain).getByText('Shared by both').waitFor();
    assert.equal(await row(plain, 0).getByLabel('Value').inputValue(), 'team');
    await notice(plain).getByRole('link', { name: 'Drop mine and show theirs' }).click();
    await becomes(() => plain.getByPlaceholder('Name of the segment').inputValue(), 'Shared by both');
    await becomes(() => row(plain, 0).getByLabel('Value').inputValue(), 'free');
    await none(notice(plain));
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const shown = await newTeammate(browser, server, { phone, dark });
            await shown.goto(`${address}?version=1&name=Mine`);
            await notice(shown).waitFor();
            await ready(shown);
            await picture(shown, `segment-meanwhile-${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`);
            await accessible(shown);
            noErrors(shown);
            await shown.context().close();
        }
    }
    noErrors(page);
    noErrors(other);
    noErrors(plain);
    for (const tab of [page, other, plain]) await tab.context().close();
});

test('the focus is never lost while a rule is built by the keyboard', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/segments/new?of=contact&rule=${encodeURIComponent(JSON.stringify(nesting))}`);
    await ready(page);
    const focused = (test) => page.waitForFunction(test, null, { timeout: 5_000 });
    const press = async (name, nth = 0) => {
        await page.getByRole('button', { name, exact: true }).nth(nth).focus();
        await page.keyboard.press('Enter');
    };
    await press('Add condition', 1);
    await focused(() => document.activeElement.closest('.rule-row')?.dataset.place === '3' && document.activeElement.ariaLabel === 'Field');
    await press('Add event', 1);
    await focused(() => document.activeElement.closest('.rule-row')?.dataset.place === '4' && document.activeElement.ariaLabel === 'Name of the event');
    await press('Add group', 1);
    await focused(() => document.activeElement.closest('.rule-row')?.dataset.place === '5.0');
    await press('Remove this group', 1);
    await focused(() => document.activeElement.value === 'remove 4');
    await page.keyboard.press('Enter');
    await focused(() => document.activeElement.value === 'remove 3');
    await press('Remove this condition', 2);
    await focused(() => document.activeElement.value === 'add 2');
    await page.locator('.rule-group .rule-group .rule-kind').focus();
    await page.keyboard.press('ArrowUp');
    await focused(() => document.activeElement.closest('.rule-group')?.dataset.place === '2' && document.activeElement.matches('.rule-kind'));
    await page.keyboard.press('Tab');
    await focused(() => document.activeElement.ariaLabel === 'Move this group up');
    noErrors(page);
    await page.context().close();
});

test('without JavaScript a save that is refused shows which condition it is about', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    const rule = { version: 1, rule: { all: [{ field: 'name', op: 'is', value: 'a' }, { any: [{ field: 'custom_attributes.seats', op: 'at_least', value: '' }] }] } };
    await page.goto(`${server.url}/segments/new?of=contact&name=Refused&rule=${encodeURIComponent(JSON.stringify(rule))}`);
    await row(page, 1).getByLabel('Number').fill('many');
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.locator('.rule-group .rule-group .rule-part[data-invalid]').getByText('write a number').waitFor();
    assert.equal(await row(page, 1).getByLabel('Number').inputValue(), 'many', 'what was typed is still there');
    await row(page, 1).getByLabel('Number').fill('');
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.locator('.rule-group .rule-group .rule-part[data-invalid]').getByText('write a number').waitFor();
    assert.equal(await page.getByPlaceholder('Name of the segment').inputValue(), 'Refused');
    noErrors(page);
    await page.context().close();
});

/** A rule with a condition that holds of some, three that make no sense, and one that is still to be written. */
const mistaken = {
    version: 1,
    rule: {
        all: [
            { field: 'custom_attributes.seats', op: 'at_least', value: 'many' },
            { field: 'name', op: 'contains', value: 'a' },
            { any: [{ field: 'custom_attributes.gone', op: 'is', value: 'x' }, { field: 'tag', op: 'is', value: '99' }] },
            { field: 'email', op: 'is', value: '' },
        ],
    },
};
const marked = (page) => page.locator('.rule-part[data-invalid] > .field-error').allTextContents();

test('every condition that makes no sense is marked, and what is unfinished once it is to be saved', async () => {
    const address = `${server.url}/segments/new?of=contact&name=Mistaken&rule=${encodeURIComponent(JSON.stringify(mistaken))}`;
    const wrong = ['write a number', 'there is no attribute gone any more', 'this tag is not there any more: choose another'];
    const page = await newTeammate(browser, server);
    await page.goto(address);
    await found(page, 'Not a rule yet: write a number, and there are 2 more mistakes.');
    await ready(page);
    await becomes(() => marked(page), wrong);
    // One after the other is put right, and the rest stays marked.
    await row(page, 0).getByLabel('Number').fill('10');
    await found(page, 'Not a rule yet: there is no attribute gone any more, and there is 1 more mistake.');
    await becomes(() => marked(page), wrong.slice(1));
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.getByRole('alert').getByText('There is no attribute gone any more, and there are 2 more mistakes.').waitFor();
    await ready(page);
    await becomes(() => marked(page), [...wrong.slice(1), 'write a text']);
    assert.equal(await row(page, 0).getByLabel('Number').inputValue(), '10', 'what was typed is still there');
    // Once something is typed, what is unfinished is not wrong any more: a text. The tag that is gone stays chosen, and is.
    await row(page, 0).getByLabel('Number').fill('11');
    await page.waitForFunction(() => document.querySelectorAll('.rule-part[data-invalid]').length === 2);
    await page.getByRole('button', { name: 'Remove this group' }).click();
    await found(page, 'Fill in each condition to see who matches.');
    await becomes(() => marked(page), []);
    await row(page, 2).getByLabel('Value').fill('grace@example.com');
    await found(page, '1 person now');
    noErrors(page);
    await page.context().close();
    // Without JavaScript alike.
    const plain = await newTeammate(browser, server, { javaScript: false });
    await plain.goto(address);
    await plain.getByRole('button', { name: 'Save segment' }).click();
    await plain.getByRole('alert').getByText('Write a number, and there are 3 more mistakes.').waitFor();
    await becomes(() => marked(plain), [...wrong, 'write a text']);
    assert.equal(await row(plain, 0).getByLabel('Number').inputValue(), 'many');
    noErrors(plain);
    await plain.context().close();
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const shown = await newTeammate(browser, server, { phone, dark });
            await shown.goto(address);
            await ready(shown);
            await shown.locator('.rule-part[data-invalid]').nth(2).waitFor();
            await picture(shown, `segment-mistakes-${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`);
            await accessible(shown);
            noErrors(shown);
            await shown.context().close();
        }
    }
});

test('what failed on one segment is not written over another one', async () => {
    const page = await newTeammate(browser, server);
    for (const [name, value] of [['Kept', 'kept'], ['Failed', 'failed']]) {
        const rule = { version: 1, rule: { all: [{ field: 'name', op: 'is', value }] } };
        await page.goto(`${server.url}/segments/new?of=contact&name=${name}&rule=${encodeURIComponent(JSON.stringify(rule))}`);
        await page.getByRole('button', { name: 'Save segment' }).click();
        await page.waitForURL(/\/segments\/\d+$/);
    }
    await ready(page);
    const name = page.getByPlaceholder('Name of the segment');
    await name.fill('Kept');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('alert').getByText('There is a segment called Kept already.').waitFor();
    assert.equal(await name.inputValue(), 'Kept', 'what was typed is still there');
    await ready(page);
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByRole('link', { name: 'Kept', exact: true }).click();
    await page.waitForFunction(() => document.querySelector('.rule-row [aria-label=Value]')?.value === 'kept');
    await becomes(() => name.inputValue(), 'Kept');
    await none(page.getByRole('alert'));
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByRole('link', { name: 'Failed', exact: true }).click();
    await page.waitForFunction(() => document.querySelector('.rule-row [aria-label=Value]')?.value === 'failed');
    await becomes(() => name.inputValue(), 'Failed', 'who comes back finds it as it is saved');
    await none(page.getByRole('alert'));
    noErrors(page);
    await page.context().close();
});

test('what asks for an attribute that is gone is shown as it was, says so, and leads on', async () => {
    await send(server, 'identify', { userId: 'grace', traits: { gadgets: 7 } });
    const page = await newTeammate(browser, server);
    const rule = { version: 1, rule: { all: [{ field: 'custom_attributes.gadgets', op: 'at_least', value: '5' }] } };
    const typed = encodeURIComponent(JSON.stringify(rule));
    await page.goto(`${server.url}/segments/new?of=contact&name=Gadgets&rule=${typed}`);
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.waitForURL(/\/segments\/\d+$/);
    const address = page.url();
    const headers = { authorization: `Bearer ${server.keys.api_token}`, 'content-type': 'application/json' };
    const attributes = await (await fetch(`${server.url}/api/data_attributes?model=contact`, { headers })).json();
    const { id } = attributes.data.find((attribute) => attribute.name === 'gadgets');
    const archived = await fetch(`${server.url}/api/data_attributes/${id}`, { method: 'PUT', headers, body: '{"archived":true}' });
    assert.equal(archived.status, 200);
    for (const javaScript of [true, false]) {
        const tab = await newTeammate(browser, server, { javaScript });
        await tab.goto(address);
        await tab.getByText('This rule matches nobody any more: there is no attribute gadgets any more.').waitFor();
        if (javaScript) await ready(tab);
        const shown = (label) => row(tab, 0).getByLabel(label, { exact: true }).evaluate((select) => select.selectedOptions[0].textContent);
        assert.deepEqual([await shown('Field'), await shown('Comparison')], ['gadgets', 'is at least']);
        assert.equal(await row(tab, 0).getByLabel('Value').inputValue(), '5');
        // As a filter, and as a segment, the list says why it has nobody, and leads to the rule.
        await tab.goto(`${server.url}/people?rule=${typed}`);
        const why = tab.locator('.list-rule').filter({ hasText: 'There is no attribute gadgets any more.' });
        await why.getByRole('link', { name: 'Show without it' }).click();
        await tab.locator('tbody').getByRole('link', { name: 'Grace Hopper' }).waitFor();
        await tab.goto(`${server.url}/people?segment=${/\d+$/.exec(address)[0]}`);
        await tab.getByText('Gadgets matches nobody any more: there is no attribute gadgets any more.').waitFor();
        await tab.locator('.list-rule').getByRole('link', { name: 'Change the rule' }).click();
        await tab.waitForURL(address);
        noErrors(tab, /status of 400/);
        await tab.context().close();
    }
    noErrors(page);
    await page.context().close();
});

test('a segment whose tag is gone is renamed as it is, with JavaScript and without', async () => {
    const headers = { authorization: `Bearer ${server.keys.api_token}`, 'content-type': 'application/json' };
    const api = async (method, path, body) => {
        const answer = await fetch(`${server.url}/api${path}`, { method, headers, body: body && JSON.stringify(body) });
        assert.equal(answer.status, 200, `${method} ${path}`);
        return method === 'DELETE' ? null : answer.json();
    };
    const tag = await api('POST', '/tags', { name: 'Short-lived' });
    const rule = { version: 1, rule: { all: [{ field: 'tag', op: 'is', value: tag.id }, { field: 'session_count', op: 'at_least', value: 1 }] } };
    const segment = await api('POST', '/segments', { name: 'Short-lived', person_type: 'user', rule });
    await api('DELETE', `/tags/${tag.id}`);
    for (const javaScript of [true, false]) {
        const page = await newTeammate(browser, server, { javaScript });
        await page.goto(`${server.url}/segments/${segment.id}`);
        if (javaScript) await ready(page);
        const chosen = row(page, 0).getByLabel('Value');
        assert.equal(await chosen.evaluate((select) => select.selectedOptions[0].textContent), 'A tag that is gone');
        const name = `Gone ${javaScript}`;
        await page.getByPlaceholder('Name of the segment').fill(name);
        await page.getByRole('button', { name: 'Save changes' }).click();
        for (let tries = 0; (await api('GET', `/segments/${segment.id}`)).name !== name; tries++) {
            assert.ok(tries < 50, 'it has its new name');
            await new Promise((done) => setTimeout(done, 100));
        }
        const now = await api('GET', `/segments/${segment.id}`);
        assert.deepEqual([now.count, now.rule], [0, segment.rule], 'the rule is as it was');
        await page.getByText('This rule matches nobody any more: this tag is not there any more').waitFor();
        noErrors(page);
        await page.context().close();
    }
    // The rule is mended in the same place.
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/segments/${segment.id}`);
    await ready(page);
    await page.locator('.rule-part').first().getByText('this tag is not there any more').waitFor();
    await row(page, 0).getByRole('button', { name: 'Remove this condition' }).click();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('This rule matches nobody any more').waitFor({ state: 'detached' });
    noErrors(page);
    await page.context().close();
});

test('why a company stands so is said with who was seen when, and until when it holds', async () => {
    for (const javaScript of [true, false]) {
        const page = await newTeammate(browser, server, { javaScript });
        await page.goto(`${server.url}/companies`);
        await page.getByRole('link', { name: 'US Navy' }).first().click();
        await page.waitForURL(/\/companies\/\d+/);
        if (javaScript) await ready(page);
        const section = page.locator('details.facts').filter({ has: page.getByText('Segments', { exact: true }) });
        const others = section.getByText(/^Not in \d+ others$/);
        await others.click();
        if (!javaScript) await section.getByRole('link', { name: 'Show them' }).click();
        const active = section.locator('.standing').filter({ has: page.getByRole('link', { name: 'Active', exact: true }) });
        await active.getByText('Why not', { exact: true }).click();
        if (!javaScript) await active.getByRole('link', { name: 'Show each condition' }).click();
        await active.getByText(/^New: became a customer .+ \(.+\)$/).waitFor();
        await active.getByText(/^Time alone puts them in: in .+ \(.+\)\.$/).waitFor();
        if (javaScript) await picture(page, 'segment-why-company-1440-light');
        noErrors(page);
        await page.context().close();
    }
});

test('a link to a segment, and to a change of it that is not saved yet, is copied and opened by somebody else', async () => {
    const page = await newTeammate(browser, server);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(`${server.url}/segments/new?of=contact`);
    await ready(page);
    await page.getByPlaceholder('Name of the segment').fill('Shared');
    await row(page, 0).getByLabel('Days', { exact: true }).fill('40');
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.waitForURL(/\/segments\/\d+$/);
    await ready(page);
    const copied = async () => {
        // What is copied is there a moment after it is said.
        await page.evaluate(() => navigator.clipboard.writeText(''));
        await page.getByRole('button', { name: 'Copy link' }).click();
        await page.getByRole('button', { name: 'Link copied' }).waitFor();
        await holds(() => page.evaluate(() => navigator.clipboard.readText()), 'it is copied');
        return page.evaluate(() => navigator.clipboard.readText());
    };
    assert.equal(await copied(), page.url());
    await row(page, 0).getByLabel('Days', { exact: true }).fill('20');
    await page.getByRole('button', { name: 'Copy link' }).waitFor();
    const link = await copied();
    const other = await newTeammate(browser, server);
    await other.goto(link);
    await ready(other);
    assert.equal(await row(other, 0).getByLabel('Days', { exact: true }).inputValue(), '20');
    await other.goto(page.url());
    assert.equal(await row(other, 0).getByLabel('Days', { exact: true }).inputValue(), '40', 'nothing was saved');
    noErrors(page);
    noErrors(other);
    await other.context().close();
    await page.context().close();
});

test('on every screen: the list, the builder and a profile', async () => {
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const page = await newTeammate(browser, server, { phone, dark });
            const size = `${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`;
            await page.goto(`${server.url}/segments`);
            await ready(page);
            await picture(page, `segments-${size}`);
            await accessible(page);
            await page.getByRole('link', { name: 'Teams', exact: true }).click();
            await ready(page);
            await page.getByRole('button', { name: 'Add event' }).last().click();
            await page.getByRole('button', { name: 'Add group' }).last().click();
            await page.getByRole('button', { name: 'Add condition' }).last().click();
            await page.locator('.rule-row').last().getByLabel('Field').selectOption('last_seen_at');
            await page.locator('.rule-row').last().getByLabel('Comparison').selectOption('after');
            const event = page.locator('.rule-row').filter({ has: page.getByLabel('Name of the event') }).last();
            await event.getByLabel('Name of the event').fill('Order completed');
            await event.getByLabel('When', { exact: true }).selectOption('less_than_days_ago');
            await event.getByLabel('Metadata, such as total').fill('total');
            await event.getByLabel('How the metadata is compared').selectOption('at_least');
            await picture(page, `segment-${size}`, true);
            await accessible(page);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            assert.equal(wide, false, 'nothing is wider than the screen');
            await page.goto(`${server.url}/people`);
            await live(page);
            await picture(page, `people-segments-${size}`);
            const rule = { version: 1, rule: { field: 'plan', op: 'is', value: 'enterprise' } };
            await page.goto(`${server.url}/companies?rule=${encodeURIComponent(JSON.stringify(rule))}`);
            await page.locator('.list-rule').waitFor();
            await live(page);
            await picture(page, `companies-rule-${size}`);
            assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'nor the list');
            noErrors(page);
            await page.context().close();
        }
    }
});
