// Messages by e-mail: their hours and types, what is looked through and tried out first, limits, and the page on which customers choose.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startMail, words } from './mail.mjs';
import { accessible, live, newPage, newTeammate, noErrors, person, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
let mail;
before(async () => {
    mail = await startMail();
    server = await startServer({ more: mail.flags });
    browser = await startBrowser();
    for (const [id, name] of [['grace', 'Grace Hopper'], ['rtl', 'فاطمة الفهرية 🚀']]) {
        await send(server, 'identify', { userId: id, traits: { name, email: `${id}@example.com`, plan: 'pro' } });
    }
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
    await mail?.stop();
});

const openProfile = async (page, name) => {
    await page.goto(`${server.url}/people`);
    await ready(page);
    await page.getByRole('link', { name }).first().click();
    await page.waitForURL(/contacts/);
    await live(page);
    await ready(page);
};

test('an e-mail of a type is written, looked through, tried out and sent; the customer leaves the type by its link', async () => {
    const agent = await newTeammate(browser, server);
    await agent.goto(`${server.url}/settings/outbound`);
    await ready(agent);
    await agent.getByText('There are none: the link in every e-mail unsubscribes from everything.').waitFor();
    await agent.getByLabel('Name', { exact: true }).fill('Product news');
    await agent.getByLabel('What it is about').fill('What is new, once a month');
    await agent.getByRole('button', { name: 'Add type' }).click();
    await agent.locator('.subscription-type').getByText('Product news').waitFor();
    await ready(agent);
    await agent.getByLabel('Name', { exact: true }).last().fill('product NEWS');
    await agent.getByRole('button', { name: 'Add type' }).click();
    await agent.getByRole('alert').getByText('there is a type of this name already', { exact: false }).waitFor();
    assert.equal(await agent.getByLabel('Name', { exact: true }).last().inputValue(), 'product NEWS', 'what was typed stays');
    await accessible(agent);
    await picture(agent, 'outbound-settings', true);

    await agent.goto(`${server.url}/outbound/new`);
    await agent.getByRole('button', { name: 'Add condition' }).waitFor();
    await ready(agent);
    await agent.getByLabel('Name, for the team').fill('March news');
    await agent.getByLabel('Everyone who matches now', { exact: false }).check();
    await agent.getByLabel('E-mail', { exact: true }).check();
    await agent.getByLabel('What the e-mail is about').selectOption({ label: 'Product news' });
    await agent.getByLabel('Subject of the e-mail').fill('GREAT NEWS FOR YOU');
    const body = agent.getByLabel('Message, in Markdown');
    await body.fill('Hi {{ first_name }}\n\n[Click here](https://us.example)');
    const findings = agent.locator('.preview .message-findings');
    await findings.getByText('The subject is all capitals', { exact: false }).waitFor();
    await findings.getByText('Line 3:', { exact: false }).waitFor();
    await findings.getByText('does not say where the link leads', { exact: false }).waitFor();
    await agent.getByLabel('Subject of the e-mail').fill('News for {{ first_name | fallback: "you" }}');
    await body.fill('Hi {{ first_name | fallback: "there" }}{% if company %} of {{ company }}{% endif %}\n\n[Our new plans](https://us.example)');
    await findings.waitFor({ state: 'detached' });
    // Data of companies: the author is asked.
    const often = agent.getByRole('group', { name: 'Who is in several companies gets it' });
    await often.waitFor();
    await agent.getByPlaceholder('E-mail or user id of anyone').fill('grace');
    await agent.locator('.preview').getByText('Hi Grace').waitFor();
    await agent.getByRole('button', { name: 'Send a test to yourself' }).click();
    await agent.getByText(`A test is on its way to ${person.email}`, { exact: false }).waitFor();
    const tried = await mail.find(person.email, 'Test: News for Grace');
    assert.match(words(tried), /Hi Grace/);
    assert.equal(await body.inputValue(), 'Hi {{ first_name | fallback: "there" }}{% if company %} of {{ company }}{% endif %}\n\n[Our new plans](https://us.example)');
    await ready(agent);
    await agent.getByRole('button', { name: 'Save draft' }).click();
    await agent.getByRole('alert').getByText('choose whether each gets it once', { exact: false }).waitFor();
    await ready(agent);
    await often.getByLabel('Once: variables', { exact: false }).check();
    await accessible(agent);
    await picture(agent, 'outbound-mail-draft', true);
    await agent.getByRole('button', { name: 'Save draft' }).click();
    await agent.waitForURL(/outbound\/\d+$/);
    await ready(agent);
    await agent.getByText('Start…').click();
    await agent.getByLabel(/Type their number/).fill('2');
    await agent.getByRole('button', { name: 'Start sending' }).click();
    await agent.getByText('Running').first().waitFor();
    const arrived = await mail.find('grace@example.com', 'News for Grace');
    const [, link] = words(arrived).match(/List-Unsubscribe: <[^>]*(\/unsubscribe\/[^>]+)>/);

    // The customer's page: without a script, on a phone, in her language.
    const grace = await newPage(browser, { javaScript: false, phone: true, locale: 'de-CH' });
    await grace.goto(server.url + link);
    await grace.getByRole('heading', { name: 'E-Mails von Analytical Engines' }).waitFor();
    assert.ok(await grace.getByLabel('Product news', { exact: false }).isChecked());
    await accessible(grace);
    await picture(grace, 'outbound-choices-phone', true);
    await grace.getByRole('button', { name: '„Product news“ abbestellen' }).click();
    await grace.getByText('Gespeichert. Es gilt ab sofort.').waitFor();
    assert.ok(!(await grace.getByLabel('Product news', { exact: false }).isChecked()));

    // Her profile says who said it, and lets a teammate say otherwise; a second look is live.
    await openProfile(agent, 'Grace Hopper');
    const choices = agent.locator('details.facts', { has: agent.locator('summary', { hasText: /^E-mail to many$/ }) });
    await choices.getByText('Not wanted').waitFor();
    await choices.getByText('said by they themselves', { exact: false }).waitFor();
    await agent.locator('.entry').getByText('Unsubscribed from').first().waitFor();
    await grace.getByRole('button', { name: 'Alles abbestellen' }).click();
    await grace.getByText('Sie bekommen keine E-Mails von Analytical Engines mehr', { exact: false }).first().waitFor();
    await choices.getByText('Gets none: unsubscribed from everything').waitFor();
    await grace.getByRole('button', { name: 'Wieder abonnieren' }).click();
    await choices.getByText('Gets e-mail to many').waitFor();
    await choices.getByRole('button', { name: 'Subscribe: Product news' }).click();
    await choices.getByText('Wanted', { exact: false }).first().waitFor();
    await choices.getByText(`said by ${person.name}`, { exact: false }).waitFor();
    await accessible(agent);
    await picture(agent, 'outbound-subscriptions', true);
    for (const page of [agent, grace]) noErrors(page);
    for (const page of [agent, grace]) await page.context().close();
});

test('hours are chosen day by day without JavaScript, and a limit holds messages back where everybody can see it', async () => {
    const page = await newTeammate(browser, server, { javaScript: false, phone: true });
    await page.goto(`${server.url}/settings/outbound`);
    await page.getByLabel('Messages for one person, at most').fill('1');
    await page.getByRole('button', { name: 'Save limits' }).click();
    await page.getByRole('alert').getByText('write in how many days', { exact: false }).waitFor();
    assert.equal(await page.getByLabel('Messages for one person, at most').inputValue(), '1');
    await page.getByLabel('In so many days').fill('7');
    await page.getByRole('button', { name: 'Save limits' }).click();
    await page.getByText('Saved. The limits hold from now on.').waitFor();
    await page.goto(`${server.url}/outbound/new`);
    await page.getByLabel('Name, for the team').fill('In the morning');
    await page.getByLabel('Message, in Markdown').fill('Good morning');
    await page.getByLabel('Only those who match now').check();
    await page.getByLabel('In these hours').check();
    await page.getByLabel('Monday, until').fill('08:00');
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByRole('alert').getByText('Monday: write two times', { exact: false }).waitFor();
    assert.ok(await page.getByLabel('In these hours').isChecked());
    assert.equal(await page.getByLabel('Monday, until').inputValue(), '08:00');
    for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']) {
        await page.getByLabel(`${day}, from`).fill('00:00');
        await page.getByLabel(`${day}, until`).fill('00:00');
    }
    await page.getByLabel('Each person’s own', { exact: false }).check();
    await picture(page, 'outbound-hours-phone', true);
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText('Start…').click();
    await page.getByLabel(/Type their number/).fill('2');
    await page.getByRole('button', { name: 'Start sending' }).click();
    await page.getByText('Running').first().waitFor();
    await page.getByText('Monday to Sunday 00:00–00:00, where each person is').waitFor();
    // Both had the news by e-mail: a chat would be one too many.
    for (let tries = 0; tries < 50 && (await page.locator('.message-counts [data-which=waiting] strong').count()) === 0; tries++) {
        await new Promise((done) => setTimeout(done, 200));
        await page.reload();
    }
    await page.locator('.message-counts [data-which=waiting] a').click();
    await page.getByText('they have had as many messages as one person may, until', { exact: false }).first().waitFor();
    await picture(page, 'outbound-waiting-phone', true);
    noErrors(page);
    await page.context().close();
});
