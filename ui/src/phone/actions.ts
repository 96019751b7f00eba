/** What the simulator lets a user do, as requests. */

/** A point in degrees, or a place X knows by id. */
export type SharedLocation = { latitude: number; longitude: number } | { place_id: string };

/** Whom the author of a Post lets answer it. */
export type RepliesFrom = "everyone" | "followed" | "mentioned";

export interface SendDm {
  action: "send_dm";
  to: string;
  text: string;
  media_ids?: string[];
  location?: SharedLocation;
  quick_reply?: { message_id: string; metadata?: string };
}

export interface OpenConversation {
  action: "open_conversation";
  to: string;
  welcome_message_id?: string;
  text?: string;
  post_id?: string;
}

/** Done to a user. */
export interface Toward {
  action:
    | "leave_conversation"
    | "typing"
    | "follow"
    | "unfollow"
    | "block"
    | "unblock"
    | "mute"
    | "unmute";
  to: string;
}

/** What somebody has written is read, up to a message. */
export interface Read {
  action: "read";
  to: string;
  message_id: string;
}

/** Done to a Post. */
export interface ToPost {
  action:
    | "like"
    | "unlike"
    | "delete_post"
    | "limit_post"
    | "withdraw_post"
    | "remove_post"
    | "restore_post";
  post_id: string;
}

export interface TapButton {
  action: "tap_button";
  message_id: string;
  index: number;
}

/** The user's word to an app, taken back or given again. */
export interface ToApp {
  action: "revoke_app" | "authorize_app";
  app_id?: string;
}

/** What X does to a user. */
export interface ByX {
  action: "suspend" | "unsuspend" | "lock" | "unlock";
}

/** A Post; with `post_id` it answers, quotes or reposts that one. */
export interface WritePost {
  action: "post";
  text?: string;
  kind?: "reply" | "quote" | "repost";
  post_id?: string;
  /** A deep link that X shows as a button. */
  link?: string;
  media_ids?: string[];
  replies_from?: RepliesFrom;
}

/** Anything a user can do. */
export type Deed =
  SendDm | OpenConversation | Toward | Read | ToPost | TapButton | ToApp | ByX | WritePost;
