// Shows what arrives while nobody looks at a page of Rapport, and opens it when it is pressed.
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));

addEventListener('push', (event) => event.waitUntil(show(event.data)));

async function show(data) {
    const { title, text, address, sound, icon } = data.json();
    const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true });
    // Whoever looks at a page sees it there.
    if (pages.some((page) => page.focused)) return;
    await registration.showNotification(title, {
        body: text,
        // What is written next in a conversation takes the place of what was shown of it; a page that is open rings itself.
        tag: address,
        renotify: pages.length === 0,
        silent: !sound,
        icon,
        data: { address },
    });
}

addEventListener('notificationclick', (event) => {
    event.notification.close();
    event.waitUntil(open(event.notification.data.address));
});

/** Goes to an address of this site, in a page that is there or in a new one. */
async function open(address) {
    const pages = await clients.matchAll({ type: 'window' });
    const there = pages.find((page) => new URL(page.url).pathname === address);
    const page = there ?? pages[0];
    if (!page) return clients.openWindow(address);
    await page.focus();
    if (!there) await page.navigate(address);
}

// The push service gave this browser another address.
addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event)));

async function renew({ oldSubscription, newSubscription }) {
    if (!oldSubscription) return;
    const subscription = newSubscription ?? (await registration.pushManager.subscribe(oldSubscription.options));
    const body = new URLSearchParams({ subscription: JSON.stringify(subscription), before: oldSubscription.endpoint });
    await fetch('/do/renew_device', { method: 'POST', headers: { accept: 'application/json' }, body });
}
