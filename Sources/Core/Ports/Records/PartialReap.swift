package import Foundation

/// A plan's steps deleted some components before that plan ended failed or halted.
package struct PartialReap: Sendable, Hashable, Codable {
    package var plan: PlanID
    package var at: Date
    package init(plan: PlanID, at: Date) {
        self.plan = plan
        self.at = at
    }
}
