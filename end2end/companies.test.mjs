import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { live, newTeammate, noErrors, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    const navy = { name: 'US Navy', plan: 'enterprise', monthlySpend: 890, employees: 1200, industry: 'Ships', website: 'https://navy.example', createdAt: '2024-02-01T00:00:00Z' };
    for (const [id, name] of [['grace', 'Grace Hopper'], ['noor', 'نور الدين'], ['long', 'Featherstonehaugh-Cholmondeley Wolfeschlegelsteinhausen']]) {
        await send(server, 'group', { userId: id, groupId: 'navy', traits: navy });
        await send(server, 'identify', { userId: id, traits: { name, email: `${id}@navy.example` } });
    }
    await send(server, 'page', { userId: 'grace', context: { ip: '81.2.69.160' } });
    await send(server, 'track', { userId: 'grace', event: 'Order completed', properties: { total: 80 } });
    await send(server, 'group', { userId: 'quiet', groupId: 'quiet', traits: { name: 'Quiet Foods', createdAt: '2023-01-01T00:00:00Z' } });
    await send(server, 'identify', { userId: 'byron', traits: { name: 'Ada Byron', email: 'byron@example.com' } });
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const open = async (page, name) => {
    await page.goto(`${server.url}/companies`);
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { name }).waitFor();
};

test('two teammates on one company see what the other does', async () => {
    const [one, two] = [await newTeammate(browser, server), await newTeammate(browser, server)];
    for (const page of [one, two]) {
        await open(page, 'US Navy');
        await live(page);
    }
    await one.locator('.profile-header').getByText('Active').waitFor();
    await one.locator('.profile-header').getByText(/Customer for 2 years/).waitFor();
    await one.locator('.profile-header').getByText('3 people, 1 session').waitFor();
    await one.getByText('London, United Kingdom').first().waitFor();

    await one.getByLabel('New tag').fill('key account');
    await one.keyboard.press('Enter');
    await two.getByRole('list', { name: 'Tags' }).getByText('key account').waitFor();
    await two.getByText('Attach someone').click();
    await two.getByLabel('E-mail address or user id').fill('nobody@example.com');
    await two.getByRole('button', { name: 'Attach' }).click();
    await two.getByRole('alert').filter({ hasText: 'Nobody has this' }).waitFor();
    await two.getByLabel('E-mail address or user id').fill('byron@example.com');
    await two.getByRole('button', { name: 'Attach' }).click();
    await one.locator('.member').getByText('Ada Byron').waitFor();
    const member = one.locator('.member', { hasText: 'Grace Hopper' });
    await member.locator('summary').click();
    await member.getByRole('button', { name: 'Make main contact' }).click();
    await two.locator('.member', { hasText: 'Grace Hopper' }).locator('.badge').getByText('Main contact').waitFor();

    await one.getByRole('link', { name: 'Stream', exact: true }).click();
    await one.locator('.entry').getByText('Order completed').waitFor();
    await one.getByLabel('New note').fill('Renews in **May**');
    await one.getByRole('button', { name: 'Save note' }).click();
    await two.locator('.notes .prose').getByText('May').waitFor();
    await one.goto(`${server.url}/companies`);
    await one.getByRole('link', { name: /Never seen/ }).click();
    await one.locator('.toolbar-count').getByText('1 company').waitFor();
    await one.getByRole('link', { name: 'Quiet Foods' }).waitFor();
    noErrors(one);
    noErrors(two, /status of 400/);
    await one.context().close();
    await two.context().close();
});

test('without JavaScript a company is found, read, tagged and changed', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/companies`);
    await page.getByLabel('Find companies').fill('quiet');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.locator('.toolbar-count').getByText('1 company').waitFor();
    await page.getByRole('link', { name: 'Quiet Foods' }).click();
    await page.getByText('No one of it has been seen').first().waitFor();
    await page.getByLabel('New tag').fill('call them');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('list', { name: 'Tags' }).getByText('call them').waitFor();
    await page.getByText('Edit', { exact: true }).first().click();
    await page.getByLabel('Industry').fill('Food');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.locator('.facts').getByText('Food', { exact: true }).waitFor();
    await page.goto(`${server.url}/settings/health`);
    await page.getByLabel(/^Slipping away/).fill('10');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').filter({ hasText: 'further than active' }).waitFor();
    assert.equal(await page.getByLabel(/^Slipping away/).inputValue(), '10', 'what was typed is kept');
    noErrors(page);
    await page.context().close();
});

test('on every screen: the list, the people, the stream and the facts', async () => {
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const page = await newTeammate(browser, server, { phone, dark });
            const size = `${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`;
            await page.goto(`${server.url}/companies`);
            await ready(page);
            await picture(page, `companies-${size}`);
            await page.getByRole('link', { name: 'US Navy' }).click();
            await page.locator('.member').first().waitFor();
            await picture(page, `company-${size}`);
            await page.getByRole('link', { name: 'Stream', exact: true }).click();
            await page.locator('.entry').first().waitFor();
            await picture(page, `company-stream-${size}`);
            if (phone) {
                await page.getByRole('link', { name: 'Facts' }).click();
                await page.getByText('Where they are').waitFor();
                await picture(page, `company-facts-${size}`);
            }
            await page.goto(`${server.url}/settings/health`);
            await picture(page, `health-${size}`);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            assert.equal(wide, false, 'nothing is wider than the screen');
            noErrors(page);
            await page.context().close();
        }
    }
});
