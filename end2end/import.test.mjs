import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { becomes, live, newTeammate, noErrors, none, picture, ready, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const file = (name, text) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
const people = Array.from({ length: 1200 }, (_, n) => `u-${n},Person ${n},p${n}@example.com,${n % 2 ? 'pro' : 'free'},company-${n % 9}`);
const csv = `id,Full name,Email,plan,company_id\n${people.join('\n')}\nbroken\n`;

test('a file is uploaded, its columns get a meaning, and the people are there', async () => {
    for (const [phone, dark] of [[false, false], [true, true]]) {
        const page = await newTeammate(browser, server, { phone, dark });
        const size = phone ? '390-dark' : '1440-light';
        await page.goto(`${server.url}/people`);
        await live(page);
        await page.getByRole('link', { name: 'Import' }).click();
        await page.getByLabel('People', { exact: true }).check();
        await picture(page, `import-${size}`);
        await page.getByLabel('CSV file').setInputFiles(file('people.csv', csv));
        await page.getByRole('button', { name: 'Upload' }).click();
        await page.getByRole('heading', { name: 'What the columns mean' }).waitFor();
        await becomes(() => page.getByLabel('Meaning of id').inputValue(), 'user_id');
        await becomes(() => page.getByLabel('Meaning of Full name').inputValue(), 'name');
        await ready(page);
        await page.getByText('Read as UTF-8, separated by commas.').waitFor();
        await page.getByLabel('Meaning of id').fill('');
        await page.getByLabel('Meaning of Email').fill('');
        await page.getByRole('button', { name: 'Start the import' }).click();
        await page.getByRole('alert').filter({ hasText: 'user_id' }).waitFor();
        await picture(page, `import-columns-${size}`);
        await page.getByLabel('Meaning of id').fill('user_id');
        await page.getByLabel('Meaning of Email').fill('email');
        await page.getByRole('button', { name: 'Start the import' }).click();
        const changed = phone ? '0 rows written' : '1,200 rows written';
        const row = page.getByRole('listitem').filter({ hasText: 'people.csv' }).filter({ hasText: `Done: ${changed}` });
        await row.waitFor({ timeout: 20_000 });
        // It is said once, and then it was seen.
        await none(page.locator('.job'));
        const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('1 row rejected').first().click()]);
        assert.equal(download.suggestedFilename(), 'rejected.csv');
        await picture(page, `import-done-${size}`);
        if (phone) await page.getByRole('link', { name: 'All people' }).click();
        else await row.getByRole('link', { name: 'To the people, newest first' }).click();
        await page.getByText('1,200 people').waitFor();
        await none(page.locator('.job'));
        await page.goto(`${server.url}/people?find=person+77`);
        await page.getByText('11 people').waitFor();
        noErrors(page, /status of 400/);
        await page.context().close();
    }
});

test('without JavaScript a file of events is imported too, and a bad file is told', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/companies`);
    await page.getByRole('link', { name: 'Import' }).click();
    assert.ok(await page.getByLabel('Companies', { exact: true }).isChecked(), 'it is asked where it is likely');
    await page.getByRole('link', { name: 'All companies' }).click();
    await page.goto(`${server.url}/import`);
    await page.getByLabel('Events', { exact: true }).check();
    await page.getByLabel('CSV file').setInputFiles(file('empty.csv', ''));
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByRole('alert').filter({ hasText: 'could not be read' }).waitFor();
    await page.getByLabel('Events', { exact: true }).check();
    await page.getByLabel('CSV file').setInputFiles(file('events.csv', 'customer,date,total\nu-1,2025-01-01,5\nu-2,2025-02-01,6\n'));
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByLabel('Meaning of customer').fill('user_id');
    await page.getByRole('button', { name: 'Start the import' }).click();
    await page.getByRole('alert').filter({ hasText: 'event' }).waitFor();
    assert.equal(await page.getByLabel('Meaning of customer').inputValue(), 'user_id', 'what was typed is kept');
    await page.getByLabel('Name of the event').fill('Ordered');
    await page.getByRole('button', { name: 'Start the import' }).click();
    const done = page.getByText('Done: 2 rows written');
    for (let looks = 0; !(await done.isVisible()) && looks < 60; looks++) {
        await page.waitForTimeout(500);
        await page.goto(`${server.url}/import`);
    }
    assert.ok(await done.isVisible(), 'the import ends');
    noErrors(page);
    await page.context().close();
});

test('a column whose name has a comma or an equals sign gets a meaning like any other, with and without JavaScript', async () => {
    for (const [javaScript, who] of [[true, 'Odd'], [false, 'Even']]) {
        const page = await newTeammate(browser, server, { javaScript });
        await page.goto(`${server.url}/import`);
        await page.getByLabel('People', { exact: true }).check();
        await page.getByLabel('CSV file').setInputFiles(file(`${who}.csv`, `id,"Name, first",a=b\n${who},${who} Person,${who}-7\n`));
        await page.getByRole('button', { name: 'Upload' }).click();
        await becomes(() => page.getByLabel('Meaning of Name, first').inputValue(), 'Name, first');
        await becomes(() => page.getByLabel('Meaning of a=b').inputValue(), 'a=b');
        if (javaScript) await ready(page);
        await page.getByLabel('Meaning of Name, first').fill('name');
        await page.getByRole('button', { name: 'Start the import' }).click();
        const row = page.getByRole('listitem').filter({ hasText: `${who}.csv` }).filter({ hasText: 'Done: 1 row written' });
        for (let looks = 0; !javaScript && !(await row.isVisible()) && looks < 60; looks++) {
            await page.waitForTimeout(500);
            await page.goto(`${server.url}/import`);
        }
        await row.waitFor({ timeout: 20_000 });
        await page.goto(`${server.url}/people?find=${who}`);
        await page.getByRole('link', { name: `${who} Person` }).click();
        await page.locator('.fact', { hasText: 'a=b' }).last().getByText(`${who}-7`).waitFor();
        noErrors(page);
        await page.context().close();
    }
});

test('what a file is written in is said, and one that waits is listed and dropped', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/import`);
    await live(page);
    const picked = (name, buffer) => page.getByLabel('CSV file').setInputFiles({ name, mimeType: 'text/csv', buffer });
    await picked('photo.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]));
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByRole('alert').filter({ hasText: 'This file is not text' }).waitFor();
    await picked('leute.csv', Buffer.from('id;Name\n1;Jürgen Müller\n', 'latin1'));
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByText('Read as Windows-1252, separated by semicolons.').waitFor();
    await page.getByRole('cell', { name: 'Jürgen Müller' }).waitFor();
    await page.getByText('Read it otherwise').click();
    await page.getByLabel('Encoding').selectOption('windows-1251');
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.getByText('Read as Windows-1251, separated by semicolons.').waitFor();
    await page.getByRole('cell', { name: 'Jьrgen Mьller' }).waitFor();
    await page.goto(`${server.url}/import`);
    await live(page);
    const row = page.getByRole('listitem').filter({ hasText: 'leute.csv' });
    await row.getByText('its columns wait for a meaning').waitFor();
    await picture(page, 'import-earlier');
    await row.getByRole('button', { name: 'Drop the file' }).click();
    await row.waitFor({ state: 'detached' });
    noErrors(page);
    await page.context().close();
});
