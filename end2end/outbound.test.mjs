// Messages that go out by themselves: written, started, received in an open Messenger, counted, explained.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, becomes, holds, live, newPage, newTab, newTeammate, noErrors, none, picture, ready, send, startBrowser, startServer, startShop } from './support.mjs';

let server;
let browser;
let shop;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    shop = await startShop(server);
    for (const [id, name] of [['grace', 'Grace Hopper'], ['alan', 'Alan Turing'], ['rtl', 'فاطمة الفهرية 🚀']]) {
        await send(server, 'identify', { userId: id, traits: { name, email: `${id}@example.com`, plan: 'pro' } });
    }
});
after(async () => {
    await browser?.close();
    shop?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const profile = async (page, name) => {
    await page.goto(`${server.url}/people`);
    await ready(page);
    await page.getByRole('link', { name }).first().click();
    await page.waitForURL(/contacts/);
    await live(page);
    await ready(page);
};
const addTag = async (page, name) => {
    await page.getByLabel('New tag').fill(name);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('.tag', { hasText: name }).waitFor();
};
const count = (page, which) => page.locator(`.message-counts [data-which=${which}] strong`);

test('a tag brings a message into the open Messenger, and everybody can see what became of it', async () => {
    const agent = await newTeammate(browser, server);
    await profile(agent, 'Alan Turing');
    await addTag(agent, 'vip');
    await agent.goto(`${server.url}/outbound`);
    await agent.getByText('No messages yet').waitFor();
    await ready(agent);
    assert.equal(await agent.getByLabel('Find messages').count(), 0, 'there is nothing to look through');
    await agent.getByRole('link', { name: 'Write the first one' }).click();
    await agent.getByRole('button', { name: 'Add condition' }).waitFor();
    await ready(agent);
    await agent.getByLabel('Name, for the team').fill('Welcome, VIPs');
    await agent.getByRole('button', { name: 'Add condition' }).click();
    await agent.locator('.rule-row').getByLabel('Field').selectOption('tag');
    await agent.locator('.rule-row').getByLabel('Value').selectOption({ label: 'vip' });
    await agent.locator('.rule-look').getByText('1 person now').waitFor();
    // A mistake is shown at its place while it is typed.
    const body = agent.getByLabel('Message, in Markdown');
    await body.fill('Hi {{ frist_name }}');
    await agent.getByText('Line 1, column 4, at “{{ frist_name }}”: there is no variable frist_name').waitFor();
    await body.fill('Hi {{ first_name | fallback: "there" }}, **welcome**');
    await agent.locator('.preview').getByText('Hi Alan, welcome').waitFor();
    await agent.getByPlaceholder('E-mail or user id of anyone').fill('grace@example.com');
    await agent.locator('.preview').getByText('Hi Grace, welcome').waitFor();
    await agent.getByLabel('Opt-out tag').fill('no welcome');
    await accessible(agent);
    await picture(agent, 'outbound-draft', true);
    await agent.getByRole('button', { name: 'Save draft' }).click();
    await agent.waitForURL(/outbound\/\d+$/);
    await agent.getByText('Start…').click();
    await agent.getByText('Those who match now, 1 person, do not get it').waitFor();
    await agent.getByRole('button', { name: 'Start sending' }).click();
    await agent.getByText('Running').first().waitFor();
    await live(agent);
    await ready(agent);
    const address = agent.url();
    // Whom the rule has now is a number that opens them.
    await agent.locator('.message-fact', { hasText: 'Match now' }).getByRole('link', { name: '1', exact: true }).click();
    await agent.waitForURL(/people\?rule=/);
    await agent.getByRole('row', { name: /Alan Turing/ }).waitFor();
    await none(agent.getByRole('row', { name: /Grace Hopper/ }));
    await agent.goto(address);
    await live(agent);
    await ready(agent);

    // Grace has her Messenger open; a tag from another tab brings the message in at once.
    const grace = await newPage(browser);
    await grace.goto(`${shop.url}/grace`);
    await grace.locator('rapport-messenger .launcher').click();
    const frame = grace.locator('rapport-messenger iframe').contentFrame();
    await frame.getByText('You have not written to us yet.').waitFor();
    const other = await newTab(agent);
    await profile(other, 'Grace Hopper');
    const messages = other.locator('details.facts', { has: other.locator('summary', { hasText: /^Messages$/ }) });
    await messages.getByText('Not in: the rule does not hold').waitFor();
    await messages.getByText('Why not').click();
    await messages.getByText('does not have it').first().waitFor();
    const begun = Date.now();
    await addTag(other, 'vip');
    await frame.getByText('Hi Grace, welcome').waitFor({ timeout: 5_000 });
    console.log(`tag to Messenger: ${Date.now() - begun} ms`);
    await messages.getByText(/^Sent/).waitFor();
    await other.getByText('’s message Welcome, VIPs went out in the Messenger').waitFor();
    await agent.bringToFront();
    await count(agent, 'sent').getByText('1').waitFor();
    await frame.getByText('Hi Grace, welcome').click();
    await frame.locator('.part strong', { hasText: 'welcome' }).waitFor();
    await count(agent, 'seen').getByText('1').waitFor();
    await frame.getByLabel('Your message').fill('Thank you');
    await frame.getByRole('button', { name: 'Send' }).click();
    await count(agent, 'replied').getByText('1').waitFor();
    await accessible(agent);
    await picture(agent, 'outbound-running', true);
    // Every number opens its people.
    await agent.locator('.message-counts [data-which=replied] a').click();
    await agent.getByRole('heading', { name: 'Replied' }).waitFor();
    await agent.getByRole('link', { name: 'Grace Hopper' }).waitFor();
    // Alan matched before it began.
    await profile(other, 'Alan Turing');
    await messages.getByText('Matched before the message began, so it is not sent').waitFor();

    // Taken out by one press, which is a tag and in the stream; nothing arrives then.
    await profile(other, 'فاطمة الفهرية 🚀');
    await messages.getByRole('button', { name: 'Opt out: Welcome, VIPs' }).click();
    await other.locator('.tag', { hasText: 'no welcome' }).waitFor();
    await other.locator('.entry').getByText('added the tag').first().waitFor();
    await addTag(other, 'vip');
    const rtl = await newPage(browser);
    await rtl.goto(`${shop.url}/rtl`);
    await rtl.locator('rapport-messenger .launcher').click();
    await rtl.locator('rapport-messenger iframe').contentFrame().getByText('You have not written to us yet.').waitFor();
    // Back in: it arrives without a reload.
    await messages.getByRole('button', { name: 'Opt in: Welcome, VIPs' }).click();
    await rtl.locator('rapport-messenger iframe').contentFrame().getByText('welcome').first().waitFor();

    await agent.goto(address);
    await ready(agent);
    await agent.getByRole('button', { name: 'Pause' }).click();
    await agent.getByText('Paused').first().waitFor();
    await agent.getByRole('button', { name: 'Go on' }).click();
    await agent.getByText('Running').first().waitFor();
    await agent.getByText('Stop…').click();
    await agent.getByRole('button', { name: 'Stop for good' }).click();
    await agent.getByText('Stopped').first().waitFor();
    for (const page of [agent, other, grace, rtl]) noErrors(page);
    for (const page of [agent, grace, rtl]) await page.context().close();
});

test('without JavaScript a message is written, refused with all that was typed, and started', async () => {
    const page = await newTeammate(browser, server, { javaScript: false, phone: true });
    await page.goto(`${server.url}/outbound/new`);
    await page.getByText('E-mail is not set up').waitFor();
    await page.getByLabel('Name, for the team').fill('Everyone');
    await page.getByLabel('Message, in Markdown').fill('Hi {{ nobody }}');
    await page.getByLabel('Only those who match now').check();
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByRole('alert').getByText('Line 1, column 4').waitFor();
    assert.equal(await page.getByLabel('Message, in Markdown').inputValue(), 'Hi {{ nobody }}');
    assert.ok(await page.getByLabel('Only those who match now').isChecked());
    await page.getByLabel('Message, in Markdown').fill('Hi {{ first_name }}');
    // A condition comes and goes, and the preview is shown, without losing what was typed.
    await page.getByRole('button', { name: 'Add condition' }).click();
    await becomes(() => page.locator('.rule-row').count(), 1);
    await page.getByRole('button', { name: /^Remove/ }).click();
    await none(page.locator('.rule-row'));
    await page.getByPlaceholder('E-mail or user id of anyone').fill('alan');
    await page.getByRole('button', { name: 'Show the preview' }).click();
    await page.locator('.preview').getByText('Hi Alan').waitFor();
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText('Start…').click();
    await page.getByLabel(/Type their number/).fill('2');
    await page.getByRole('button', { name: 'Start sending' }).click();
    await page.getByRole('alert').getByText('type their number, 3', { exact: false }).waitFor();
    assert.equal(await page.getByLabel(/Type their number/).inputValue(), '2', 'what was typed is there');
    await page.waitForFunction(() => document.activeElement.getAttribute('name') === 'confirm');
    await page.getByLabel(/Type their number/).fill('3');
    await page.getByRole('button', { name: 'Start sending' }).click();
    // It ends by itself, as nobody is left whom it could reach.
    const over = page.getByText('Sent to 3 people. There is nobody left whom it could reach.');
    for (let tries = 0; tries < 50 && !(await over.isVisible()); tries++) {
        await new Promise((done) => setTimeout(done, 200));
        await page.reload();
    }
    await over.waitFor();
    assert.equal(await count(page, 'sent').innerText(), '3');
    await picture(page, 'outbound-phone', true);
    await page.goto(`${server.url}/outbound/new`);
    await picture(page, 'outbound-new-phone', true);
    await page.goto(`${server.url}/outbound`);
    await picture(page, 'outbound-list-phone', true);
    noErrors(page);
    await page.context().close();
});

test('a message goes to all whom a list shows: by a rule where one says the same, else one by one', async () => {
    const page = await newTeammate(browser, server);
    const writeToAll = async () => {
        await ready(page);
        await page.getByRole('row', { name: /@/ }).first().getByRole('checkbox').check();
        await page.getByRole('checkbox', { name: /^All .* matching$|^The only one$/ }).check();
        await page.locator('.selection-bar').getByRole('link', { name: 'Message' }).click();
    };
    await page.goto(`${server.url}/people`);
    await page.getByRole('navigation', { name: 'Segments' }).getByRole('link', { name: /^Active/ }).click();
    await page.waitForURL(/segment=/);
    await writeToAll();
    await page.getByText('People where they are in the segment Active.').waitFor();
    await holds(() => page.getByRole('radio', { name: 'Only those who match now' }).isChecked());
    await page.goto(`${server.url}/people?find=grace`);
    await writeToAll();
    await page.getByText('1 person chosen').waitFor();
    noErrors(page);
    await page.context().close();
});

test('selected people get a message, and a page of its own loads the script of its area', async () => {
    const page = await newTeammate(browser, server);
    const scripts = [];
    page.on('response', (answer) => answer.url().endsWith('/split_outbound.wasm') && scripts.push(answer.url()));
    await page.goto(`${server.url}/people`);
    await ready(page);
    await page.getByRole('row', { name: /Grace Hopper/ }).getByRole('checkbox').check();
    await page.locator('.selection-bar').getByRole('link', { name: 'Message' }).click();
    await page.getByText('1 person chosen').waitFor();
    // Who it is, before anything is saved; and who would be left out by the way that is chosen.
    await page.getByLabel('Who', { exact: true }).getByRole('link', { name: 'Grace Hopper' }).waitFor();
    await page.getByLabel('Message, in Markdown').fill('Only for you');
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.waitForURL(/outbound\/\d+$/);
    await page.getByLabel('Who', { exact: true }).getByRole('link', { name: 'Grace Hopper' }).waitFor();
    await page.getByText('Start…').click();
    await page.getByRole('button', { name: 'Start sending' }).click();
    // It ends by itself, and the page says so without a reload.
    await page.getByText('Sent to 1 person. There is nobody left whom it could reach.').waitFor();
    await live(page);
    await count(page, 'sent').getByText('1').waitFor();
    assert.ok(scripts.length > 0, 'the area comes by itself');
    noErrors(page);
    await page.context().close();
});
