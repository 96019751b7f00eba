/** What somebody looks for, and what is found while they type. */
import { RequestFailed } from "../shared/http";
import { read, reason } from "./api";
import type { Customer } from "./wire";

const PAUSE_MS = 200;

/** A piece of a text, and whether it was looked for. */
export interface SnippetPart {
  text: string;
  is_match: boolean;
}

/** A message that holds every word. */
export interface FoundMessage {
  account_id: string;
  conversation_id: string;
  customer: Customer;
  message_id: string;
  is_received: boolean;
  at: string;
  snippet: readonly SnippetPart[];
}

/** A customer in whose names every word is, or begins one. */
export interface FoundCustomer {
  account_id: string;
  conversation_id: string;
  customer: Customer;
  last_at: string;
}

/** A message that is to be shown: `account/conversation`, and its id; `""` for none. */
export interface Sought {
  conversation: string;
  message: string;
}

interface Messages {
  messages: FoundMessage[];
  after: string | null;
}

/** Looks for what was typed, and forgets answers to what was typed before. */
export class Search {
  text = $state("");
  messages = $state<readonly FoundMessage[]>([]);
  customers = $state<readonly FoundCustomer[]>([]);
  isLoading = $state(false);
  failure = $state("");
  /** What the lists are the answer to; empty before there is any. */
  answered = $state("");
  #after = $state<string | null>(null);
  #serial = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;

  get hasMore(): boolean {
    return this.#after !== null;
  }

  /** Take what stands in the box; look for it once nothing was typed for a moment. */
  type(text: string): void {
    this.text = text;
    clearTimeout(this.#pause);
    this.#serial += 1;
    if (text.trim() === "") {
      this.#forget();
      return;
    }
    this.isLoading = true;
    this.#pause = setTimeout(() => void this.look(), PAUSE_MS);
  }

  /** Look now. */
  async look(): Promise<void> {
    clearTimeout(this.#pause);
    const text = this.text.trim();
    if (text === "") return;
    const serial = (this.#serial += 1);
    this.isLoading = true;
    try {
      const [messages, customers] = await Promise.all([
        read<Messages>(`/api/search/messages?limit=20&q=${encodeURIComponent(text)}`),
        read<{ customers: FoundCustomer[] }>(`/api/search/customers?limit=5&q=${encodeURIComponent(text)}`),
      ]);
      if (serial !== this.#serial) return;
      this.#forget();
      this.messages = messages.messages;
      this.customers = customers.customers;
      this.#after = messages.after;
      this.answered = text;
    } catch (failure) {
      if (serial === this.#serial) this.#fail(failure, text);
    }
  }

  /** Give older messages, too. */
  async more(): Promise<void> {
    if (this.#after === null) return;
    const serial = this.#serial;
    const words = `limit=20&q=${encodeURIComponent(this.answered)}`;
    try {
      const page = await read<Messages>(`/api/search/messages?${words}&after=${encodeURIComponent(this.#after)}`);
      if (serial !== this.#serial) return;
      this.messages = [...this.messages, ...page.messages];
      this.#after = page.after;
    } catch (failure) {
      this.failure = reason(failure);
    }
  }

  #fail(failure: unknown, text: string): void {
    this.#forget();
    // Nothing but signs: there is nothing to find, which is no failure.
    if (failure instanceof RequestFailed && failure.status === 422) this.answered = text;
    else this.failure = reason(failure);
  }

  #forget(): void {
    this.messages = [];
    this.customers = [];
    this.#after = null;
    this.failure = "";
    this.answered = "";
    this.isLoading = false;
  }
}
