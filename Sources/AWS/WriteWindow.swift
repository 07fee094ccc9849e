package import Foundation

/// When a call that changes something may be made.
package struct WriteWindow: Sendable, Equatable {
    /// The signature's time for every attempt; nil: each attempt's own.
    ///
    /// AWS refuses it some minutes later.
    package var signedAt: Date?
    /// Checked last before anything is written; later, nothing is sent.
    package var notAfter: ContinuousClock.Instant?

    package init(signedAt: Date? = nil, notAfter: ContinuousClock.Instant? = nil) {
        self.signedAt = signedAt
        self.notAfter = notAfter
    }
}
