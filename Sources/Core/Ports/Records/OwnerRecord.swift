/// An owner as it is kept with its environment.
package struct OwnerRecord: Sendable, Hashable {
    package var owner: String?
    package var source: String
    package var detail: String
    package var conflict: Bool

    package init(owner: String?, source: String, detail: String, conflict: Bool) {
        self.owner = owner
        self.source = source
        self.detail = detail
        self.conflict = conflict
    }
}
