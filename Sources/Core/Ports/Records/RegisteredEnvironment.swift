/// A registration as it was written down, and what it came to.
package struct RegisteredEnvironment: Sendable, Hashable {
    package var registration: Registration
    /// The life that it counts for; nil where the inventory does not know it yet.
    package var life: EnvironmentKey?
    /// Whose that life is now; nil without one.
    package var owner: OwnerRecord?

    package init(registration: Registration, life: EnvironmentKey?, owner: OwnerRecord?) {
        self.registration = registration
        self.life = life
        self.owner = owner
    }
}
