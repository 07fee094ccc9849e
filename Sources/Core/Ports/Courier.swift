/// Carries letters out of the house.
package protocol Courier: Sendable {
    /// Tries once, within bounds of its own, and says what is known of it; never throws, never repeats.
    func deliver(_ letter: Letter, to recipient: Recipient) async -> DeliveryOutcome
}

/// What is known after one try.
///
/// The reasons are for people: they name the server and what it said, and hold no secret.
package enum DeliveryOutcome: Sendable, Hashable {
    /// The other side took the responsibility for it: 250 after DATA, a 2xx, exit status 0.
    case accepted(String)
    /// It was not taken, and may be later: no connection, 4xx before the message was whole, 429.
    case deferred(String)
    /// Nothing is taken by this way out before somebody corrects the settings: the sender's address is refused.
    case misconfigured(String)
    /// It was not taken, and will not be: 5xx, an unknown channel, an address that is none.
    case refused(String)
    /// It was sent, and nothing says whether it was taken: the connection broke after the last byte.
    case uncertain(String)
}
