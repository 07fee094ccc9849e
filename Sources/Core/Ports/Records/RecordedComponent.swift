package import Foundation

/// One component as a scan records it: what the provider said, and what the naming rules made of it.
package struct RecordedComponent: Sendable {
    package var observed: ObservedComponent
    package var kind: ComponentClass
    /// Every environment name that any evidence gives; a feature has exactly one.
    ///
    /// For a permanent component the permanent word comes first, then the names it holds back.
    package var named: [EnvironmentName]
    /// How the rules came to the class, one line.
    package var naming: String
    /// Latest change known to have succeeded.
    package var changed: Date?
    package var tool: String
    /// Digest of everything observed and concluded: equal means there is nothing to write.
    package var content: Digest
    /// In which words the listing said it; nil where it was read in another way.
    package var mark: UUID?

    package init(
        observed: ObservedComponent,
        kind: ComponentClass,
        named: [EnvironmentName],
        naming: String,
        changed: Date?,
        tool: String,
        content: Digest,
        mark: UUID? = nil
    ) {
        self.observed = observed
        self.kind = kind
        self.named = named
        self.naming = naming
        self.changed = changed
        self.tool = tool
        self.content = content
        self.mark = mark
    }
}
