package import Foundation

/// A call that made or changed a component of an environment, of which the provider's history was not read.
///
/// Who made it may own it: that nobody does is not known (D3).
package struct UntoldTrail: Sendable, Hashable {
    package var target: Target
    /// When the component was made or changed.
    package var at: Date

    package init(target: Target, at: Date) {
        self.target = target
        self.at = at
    }

    /// Whether the provider could still tell: what it has forgotten, nobody will ever know.
    package func isRemembered(at now: Date) -> Bool { at > now.later(by: .zero - TrailState.memory) }
}
