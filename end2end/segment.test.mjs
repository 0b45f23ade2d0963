// The tracking specification's official client for Node, pointed at Rapport by its host alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Analytics } from '@segment/analytics-node';
import { newTeammate, noErrors, startBrowser, startServer } from './support.mjs';

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

test('the official client works by setting the host', async () => {
    const failures = [];
    const analytics = new Analytics({ writeKey: server.keys.write_key, host: server.url, flushAt: 50, flushInterval: 200 });
    analytics.on('error', (error) => failures.push(error));
    analytics.page({ anonymousId: 'browser-1', name: 'Pricing', properties: { url: 'https://shop.example/pricing' } });
    analytics.identify({ userId: 'grace', anonymousId: 'browser-1', traits: { name: 'Grace Hopper', email: 'grace@example.com', createdAt: new Date('2024-05-01') } });
    analytics.group({ userId: 'grace', groupId: 'navy', traits: { name: 'US Navy', employees: 330000 } });
    for (let n = 0; n < 700; n++) {
        analytics.track({ userId: `u-${n % 70}`, event: 'Purchase', properties: { value: 1.25, n }, timestamp: new Date(Date.UTC(1997, 0, 1 + (n % 300))) });
    }
    analytics.screen({ userId: 'grace', name: 'Home' });
    analytics.alias({ userId: 'grace', previousId: 'browser-2' });
    await analytics.closeAndFlush();
    assert.deepEqual(failures, []);

    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/people`);
    await page.getByText('71 people').waitFor();
    await page.getByRole('link', { name: 'Grace Hopper' }).click();
    await page.getByText('A visitor turned out to be this person').waitFor();
    await page.getByRole('link', { name: 'US Navy' }).waitFor();
    await page.goto(`${server.url}/people?find=u-69`);
    await page.locator('tbody').getByRole('link', { name: 'u-69' }).click();
    await page.locator('.event-row', { hasText: 'Purchase' }).getByText('10', { exact: true }).waitFor();
    noErrors(page);
    await page.context().close();
});
