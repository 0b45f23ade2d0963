// What a teammate sends by hand: from a profile, from the list of people, to some or all people of a company. What the preview shows arrives, and stands
// in the open streams.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startMail, words } from './mail.mjs';
import { accessible, holds, live, newPage, newTab, newTeammate, noErrors, picture, ready, send, startBrowser, startServer, startShop } from './support.mjs';

let mail;
let server;
let browser;
let shop;
before(async () => {
    mail = await startMail();
    server = await startServer({ more: mail.flags });
    browser = await startBrowser();
    shop = await startShop(server);
    for (const [id, name, email] of [['grace', 'Grace Hopper', 'grace@example.com'], ['alan', 'Alan Turing', 'alan@example.com'], ['silent', 'Visitor', '']]) {
        await send(server, 'identify', { userId: id, traits: { name, email } });
    }
    // Grace has been in Army for longest.
    for (const [user, id, name] of [['grace', 'army', 'Army'], ['grace', 'navy', 'US Navy'], ['alan', 'navy', 'US Navy'], ['silent', 'navy', 'US Navy']]) {
        await send(server, 'group', { userId: user, groupId: id, traits: { name } });
    }
});
after(async () => {
    await browser?.close();
    shop?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
    await mail?.stop();
});

const company = async (page, name) => {
    await page.goto(`${server.url}/companies`);
    await ready(page);
    await page.getByRole('link', { name }).first().click();
    await page.waitForURL(/companies\/\d+/);
    await live(page);
    await ready(page);
};

test('a post to some people of a company is about that company, arrives, and stands in the open streams', async () => {
    const agent = await newTeammate(browser, server);
    await company(agent, 'US Navy');
    const home = agent.url().split('?')[0];
    const stream = await newTab(agent);
    await stream.goto(`${home}?view=stream`);
    await live(stream);
    await agent.bringToFront();
    await agent.goto(`${home}?view=people`);
    await ready(agent);
    await agent.getByLabel('Select Grace Hopper').check();
    await agent.getByLabel('Select Alan Turing').check();
    await agent.getByRole('button', { name: 'Message' }).click();
    await agent.getByRole('navigation', { name: 'How it gets to them' }).getByRole('link', { name: 'Post' }).click();
    await agent.getByRole('link', { name: 'Write a post to 2 people' }).click();
    await agent.getByText('2 people chosen').waitFor();
    await ready(agent);
    await agent.getByText('They get it as people of').getByRole('link', { name: 'US Navy' }).waitFor();
    await agent.getByLabel('Message, in Markdown').fill('News for {{ first_name }} of {{ company }}');
    const preview = agent.locator('.preview');
    // Who comes first has the lower number.
    await preview.getByText('News for Grace of US Navy').waitFor();
    await preview.getByRole('button', { name: 'Next' }).click();
    await preview.getByText('News for Alan of US Navy').waitFor();
    assert.equal(await agent.getByText('Who is in several companies gets it').filter({ visible: true }).count(), 0);
    await accessible(agent);
    await picture(agent, 'outbound-company', true);
    await agent.getByRole('button', { name: 'Save draft' }).click();
    await agent.waitForURL(/outbound\/\d+$/);
    await ready(agent);
    await agent.locator('.preview').getByText('News for Grace of US Navy').waitFor();
    await agent.getByText('Start…').click();
    await agent.getByRole('button', { name: 'Start sending' }).click();
    await agent.getByText('There is nobody left whom it could reach.').waitFor();
    const grace = await newPage(browser);
    await grace.goto(`${shop.url}/grace`);
    await grace.locator('rapport-messenger .launcher').click();
    await grace.locator('rapport-messenger iframe').contentFrame().getByText('News for Grace of US Navy').first().waitFor();
    await stream.bringToFront();
    await stream.locator('.entry').getByText(/went out in the Messenger/).first().waitFor();
    for (const page of [agent, stream, grace]) noErrors(page);
    await grace.context().close();
    await agent.context().close();
});

test('an e-mail to a whole company names who has no address with a colon, and is about that company', async () => {
    const agent = await newTeammate(browser, server);
    await company(agent, 'US Navy');
    const home = agent.url().split('?')[0];
    await agent.goto(`${home}/message?all=1&by=email`);
    await agent.getByText('1 person is left out:').waitFor();
    assert.equal(await agent.locator('.left-out li').innerText(), 'Visitor: they have no e-mail address that mail can go to');
    await ready(agent);
    await agent.getByRole('link', { name: 'Write an e-mail to 2 people' }).click();
    await agent.getByText('2 people chosen').waitFor();
    await ready(agent);
    await agent.getByLabel('Subject of the e-mail').fill('News of {{ company }}');
    await agent.getByLabel('Message, in Markdown').fill('Hello {{ first_name }}');
    await agent.locator('.preview').getByText('News of US Navy').waitFor();
    await agent.getByRole('button', { name: 'Save draft' }).click();
    await agent.waitForURL(/outbound\/\d+$/);
    await agent.getByText('Start…').click();
    await agent.getByRole('button', { name: 'Start sending' }).click();
    const letter = await mail.find('grace@example.com', 'Subject: News of US Navy');
    assert.match(words(letter), /Hello Grace/);
    // Chosen by hand, who has no address is named with the reason.
    await agent.goto(`${server.url}/people`);
    await ready(agent);
    await agent.getByRole('row', { name: /Visitor/ }).getByRole('checkbox').check();
    await agent.getByRole('row', { name: /Alan Turing/ }).getByRole('checkbox').check();
    await agent.locator('.selection-bar').getByRole('link', { name: 'Message' }).click();
    await agent.getByText('2 people chosen').waitFor();
    await ready(agent);
    await agent.getByLabel('E-mail', { exact: true }).check();
    await agent.getByText('Of them, 1 would be left out:').waitFor();
    await agent.locator('.message-left-people li').getByText('they have no e-mail address that mail can go to').waitFor();
    assert.match(await agent.locator('.message-left-people li').first().innerText(), /^Visitor: they have no e-mail address/);
    noErrors(agent);
    await agent.context().close();
});

const profile = async (page, name) => {
    await page.goto(`${server.url}/people?find=${encodeURIComponent(name)}`);
    await ready(page);
    await page.getByRole('link', { name }).first().click();
    await page.waitForURL(/contacts\/\d+/);
    await live(page);
    await ready(page);
};
const start = async (page) => {
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.waitForURL(/outbound\/\d+$/);
    await ready(page);
    await page.getByText('Start…').click();
    await page.getByRole('button', { name: 'Start sending' }).click();
    await page.getByText('There is nobody left whom it could reach.').waitFor();
};

test('from a profile a chat, a post and an e-mail reach the person, and each stands in their stream that is open', async () => {
    const agent = await newTeammate(browser, server);
    await profile(agent, 'Alan Turing');
    const home = agent.url().split('?')[0];
    const stream = await newTab(agent);
    await stream.goto(home);
    await live(stream);
    const alan = await newPage(browser);
    await alan.goto(`${shop.url}/alan`);
    await alan.locator('rapport-messenger .launcher').click();
    const frame = alan.locator('rapport-messenger iframe').contentFrame();
    await agent.bringToFront();
    await agent.getByRole('link', { name: 'Message', exact: true }).first().click();
    // It is sent as it is written: who types a variable is told so, and where there are some.
    const warned = agent.getByText('What stands in braces is not filled in here');
    await agent.getByLabel('Message to Alan Turing').fill('Hi {{ first_name }}');
    await warned.waitFor();
    await accessible(agent);
    await picture(agent, 'profile-compose-braces');
    await agent.getByLabel('Message to Alan Turing').fill('A word with you');
    await warned.waitFor({ state: 'detached' });
    await agent.getByRole('button', { name: 'Send', exact: true }).click();
    await agent.waitForURL(/inbox\/\d+/);
    await frame.getByText('A word with you').first().waitFor();
    await agent.goto(`${home}?compose=message`);
    await ready(agent);
    await agent.getByRole('link', { name: 'Use variables and see a preview' }).click();
    await agent.getByText('1 person chosen').waitFor();
    await ready(agent);
    await holds(() => agent.getByLabel('Chat in the Messenger').isChecked());
    await agent.getByLabel('Message, in Markdown').fill('A chat for {{ first_name }}');
    await agent.locator('.preview').getByText('A chat for Alan').waitFor();
    for (const [channel, text] of [['Post in the Messenger', 'A post'], ['E-mail', 'A letter']]) {
        await agent.goto(home);
        await ready(agent);
        await agent.getByRole('link', { name: 'Send a post or an e-mail' }).click();
        await agent.getByText('1 person chosen').waitFor();
        await ready(agent);
        await agent.getByLabel('Who', { exact: true }).getByRole('link', { name: 'Alan Turing' }).waitFor();
        await agent.getByLabel(channel, { exact: true }).check();
        if (channel === 'E-mail') await agent.getByLabel('Subject of the e-mail').fill('For {{ first_name }}');
        await agent.getByLabel('Message, in Markdown').fill(`${text} for {{ first_name }}`);
        await agent.locator('.preview').getByText(`${text} for Alan`).waitFor();
        await start(agent);
    }
    await frame.getByText('A post for Alan').first().waitFor();
    assert.match(words(await mail.find('alan@example.com', 'Subject: For Alan')), /A letter for Alan/);
    await stream.bringToFront();
    for (const part of [/’s message A post for .* went out in the Messenger/, /’s message A letter for .* went out by e-mail/]) {
        await stream.locator('.entry').getByText(part).first().waitFor();
    }
    for (const page of [agent, stream, alan]) noErrors(page);
    await alan.context().close();
    await agent.context().close();
});

test('from the list of people those selected, and all who match, are previewed one by one and reached', async () => {
    for (const id of ['ida', 'eve']) await send(server, 'identify', { userId: id, traits: { name: `${id[0].toUpperCase()}${id.slice(1)} Rhodes`, email: `${id}@example.com` } });
    const agent = await newTeammate(browser, server);
    await agent.goto(`${server.url}/people`);
    await ready(agent);
    for (const name of [/Ida Rhodes/, /Grace Hopper/]) await agent.getByRole('row', { name }).getByRole('checkbox').check();
    await agent.locator('.selection-bar').getByRole('link', { name: 'Message' }).click();
    await agent.getByText('2 people chosen').waitFor();
    await ready(agent);
    await agent.getByLabel('E-mail', { exact: true }).check();
    await agent.getByLabel('Subject of the e-mail').fill('To {{ first_name }}');
    await agent.getByLabel('Message, in Markdown').fill('Selected: {{ first_name }}');
    await agent.locator('.preview').getByText('1 of 2 chosen').waitFor();
    await start(agent);
    await mail.find('ida@example.com', 'Subject: To Ida');
    await mail.find('grace@example.com', 'Subject: To Grace');
    // All who match, by the rule that the list has.
    const named = { version: 1, rule: { field: 'name', op: 'contains', value: 'rhodes' } };
    await agent.goto(`${server.url}/people?rule=${encodeURIComponent(JSON.stringify(named))}`);
    await ready(agent);
    await agent.getByRole('row', { name: /@/ }).first().getByRole('checkbox').check();
    await agent.getByRole('checkbox', { name: /^All .* matching$/ }).check();
    await agent.locator('.selection-bar').getByRole('link', { name: 'Message' }).click();
    await agent.getByLabel('E-mail', { exact: true }).check();
    await ready(agent);
    await agent.getByLabel('Subject of the e-mail').fill('All {{ first_name }}');
    await agent.getByLabel('Message, in Markdown').fill('Matching: {{ first_name }}');
    const preview = agent.locator('.preview');
    await preview.getByText('1 of the first 2').waitFor();
    await preview.getByText('Matching: Ida').waitFor();
    await preview.getByRole('button', { name: 'Next' }).click();
    await preview.getByText('Matching: Eve').waitFor();
    await agent.getByRole('button', { name: 'Save draft' }).click();
    await agent.waitForURL(/outbound\/\d+$/);
    await ready(agent);
    await agent.getByText('Start…').click();
    await agent.getByText('It goes to those who match now: 2 people.').waitFor();
    await agent.getByText('Among them:').waitFor();
    await agent.locator('.message-start').getByRole('link', { name: 'Eve Rhodes' }).waitFor();
    await picture(agent, 'outbound-start-rule', true);
    await agent.getByRole('button', { name: 'Start sending' }).click();
    await agent.getByText('Sent to 2 people. There is nobody left whom it could reach.').waitFor();
    await mail.find('ida@example.com', 'Subject: All Ida');
    await mail.find('eve@example.com', 'Subject: All Eve');
    noErrors(agent);
    await agent.context().close();
});
