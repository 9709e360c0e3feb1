/** How soon to come back after a server refused or ended a connection. */
export enum Retry {
  Normal,
  /** The server is busy or full. */
  Long,
  /** Only a changed configuration helps. */
  Permanent,
  /** Another client has taken this one's name: to come back would throw that one out in turn. */
  Never,
}
