package import Foundation

/// When a call that changes something may be made (P11).
package struct CallWindow: Sendable, Hashable {
    /// The time in the request's signature: when its intent was committed.
    ///
    /// The provider refuses it some minutes later.
    package let signedAt: Date
    /// Checked last before anything is written, by a clock that does not stop or turn back; later, nothing is sent.
    package let notAfter: ContinuousClock.Instant

    package init(signedAt: Date, notAfter: ContinuousClock.Instant) {
        self.signedAt = signedAt
        self.notAfter = notAfter
    }
}

/// The power that destroys.
///
/// Only the reaper is given it, and only over what it was bounded to.
package protocol ProviderDeleting: Sendable {
    /// Asks for the deletion of exactly this id. The answer says that it was accepted, not that it is done.
    ///
    /// `retaining`: logical ids that stay; possible only for a stack whose deletion has failed before.
    func requestDeletion(
        of id: ComponentID,
        in target: Target,
        token: StepToken,
        retaining: [String],
        window: CallWindow
    ) async throws(ProviderFailure)
    func switchProtectionOff(of id: ComponentID, in target: Target, window: CallWindow) async throws(ProviderFailure)
    /// Deletes up to `atMost` versions, delete markers and unfinished uploads; true when nothing is left.
    func emptyBucket(
        _ name: String,
        in target: Target,
        atMost: Int,
        window: CallWindow
    ) async throws(ProviderFailure) -> Bool
    /// Deletes up to `atMost` images; true when none is left.
    func deleteImages(
        of repository: String,
        in target: Target,
        atMost: Int,
        window: CallWindow
    ) async throws(ProviderFailure) -> Bool
    /// A log group that is not there any more is a success.
    func deleteLogGroup(_ name: String, in target: Target, window: CallWindow) async throws(ProviderFailure)
}

/// Gives out power, bounded.
package protocol ProviderPower: Sendable {
    /// The power over exactly these components of one account, and no other: at most 8 (P18).
    ///
    /// Where the credentials are no role that could be assumed with less, it is as wide as they are, and
    /// `isBounded(_:)` says so.
    func power(over components: [ComponentID], plan: PlanID, in account: AccountID) -> any ProviderDeleting
    /// A session for this account can be bounded to single stacks.
    func isBounded(_ account: AccountID) -> Bool
}
