/** What a service worker sees; the checker's own list cannot stand beside that of pages. */
interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}
interface PushMessage extends Event, Lasting {
  readonly data: { json(): unknown } | null;
}
interface NoticePressed extends Event, Lasting {
  readonly notification: Notification;
}
interface Asked extends Event, Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
/** What only some browsers have. */
interface WithSync extends ServiceWorkerRegistration {
  readonly sync?: { register(tag: string): Promise<void> };
}
interface OpenPage {
  readonly url: string;
  focus(): Promise<unknown>;
}
interface WorkerScope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(which: { type: "window"; includeUncontrolled: boolean }): Promise<OpenPage[]>;
    openWindow(address: string): Promise<unknown>;
  };
  addEventListener(type: "fetch", listener: (event: Asked) => void): void;
  addEventListener(type: "sync", listener: (event: Event & Lasting) => void): void;
  addEventListener(type: "push", listener: (event: PushMessage) => void): void;
  addEventListener(type: "notificationclick", listener: (event: NoticePressed) => void): void;
}
