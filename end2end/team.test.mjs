import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { holds, newPage, newTeammate, noErrors, picture, startBrowser, startServer } from './support.mjs';

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

test('a teammate is invited by a link, joins, and is removed', async () => {
    for (const [javaScript, phone, dark] of [[true, false, false], [false, true, true]]) {
        const admin = await newTeammate(browser, server, { javaScript, phone, dark });
        const size = phone ? '390-dark' : '1440-light';
        await admin.goto(`${server.url}/settings/team`);
        await admin.getByLabel('E-mail address to invite').fill('ada@example.com');
        await admin.getByRole('button', { name: 'Invite' }).click();
        await admin.getByRole('alert').filter({ hasText: 'has an account already' }).waitFor();
        assert.equal(await admin.getByLabel('E-mail address to invite').inputValue(), 'ada@example.com');
        await admin.getByLabel('E-mail address to invite').fill('grace@example.com');
        await admin.getByRole('button', { name: 'Invite' }).click();
        const link = await admin.locator('.notice code').innerText();
        if (javaScript) {
            await admin.getByRole('button', { name: 'Copy the link' }).waitFor();
            await holds(async () => {
                const [button, notice] = [await admin.getByRole('button', { name: 'Copy the link' }).boundingBox(), await admin.locator('.notice').boundingBox()];
                return button.y >= notice.y && button.y + button.height <= notice.y + notice.height;
            }, 'it stands beside the link');
        }
        await picture(admin, `team-${size}`);

        const guest = await newPage(browser, { javaScript, phone, dark });
        await guest.goto(link);
        await guest.getByRole('heading', { name: 'Join Analytical Engines' }).waitFor();
        await guest.getByLabel('Your name').fill('Grace Hopper');
        await guest.getByLabel('Password').fill('a long enough one');
        await picture(guest, `join-${size}`);
        await guest.getByRole('button', { name: 'Join' }).click();
        await guest.waitForURL(/\/inbox/);
        await guest.goto(`${server.url}/settings/team`);
        await guest.getByText('Only admins invite').waitFor();
        await guest.goto(`${server.url}/settings/account`);
        await guest.getByText('grace@example.com').waitFor();
        await guest.getByLabel('Current password').fill('wrong');
        await guest.getByLabel('New password').fill('another long one');
        await guest.getByRole('button', { name: 'Change the password' }).click();
        await guest.getByRole('alert').filter({ hasText: 'not your current' }).waitFor();
        await guest.getByLabel('Current password').fill('a long enough one');
        await guest.getByLabel('New password').fill('another long one');
        await guest.getByRole('button', { name: 'Change the password' }).click();
        await guest.getByText('Your password is changed').waitFor();

        await admin.reload();
        const row = admin.locator('.team-row', { hasText: 'grace@example.com' });
        await row.locator('summary').click();
        await row.getByLabel('Conversations, people and companies').selectOption('Ada Lovelace');
        await row.getByRole('button', { name: 'Remove from the team' }).click();
        await row.waitFor({ state: 'detached' });
        if (javaScript) {
            // The page that was open says so by itself, at the latest with the next sign of life.
            await guest.getByText('You are signed out').waitFor({ timeout: 45_000 });
            await guest.getByRole('link', { name: 'Sign in to go on' }).click();
        } else await guest.goto(`${server.url}/people`);
        await guest.getByRole('heading', { name: 'Sign in' }).waitFor();
        await guest.goto(link);
        await guest.getByText('This invitation cannot be used').waitFor();
        await admin.getByRole('link', { name: 'Audit log' }).click();
        await admin.locator('.team-row').getByText('Removed a teammate').first().waitFor();
        await admin.getByLabel('What').selectOption('Joined the team');
        await admin.getByRole('button', { name: 'Show' }).click();
        await admin.locator('.team-row', { hasText: 'Grace Hopper' }).first().waitFor();
        await picture(admin, `audit-${size}`);
        noErrors(admin);
        // Whose account is gone is told so by whichever question comes first.
        noErrors(guest, /status of 40[14]|WebSocket/);
        await admin.context().close();
        await guest.context().close();
    }
});
