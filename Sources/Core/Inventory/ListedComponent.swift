package import Foundation

/// One component as a page of a listing has it, not looked into yet.
///
/// Most of what a scan lists is as it was. Where the provider's own words are the same and are read by the same rules,
/// nothing about the component can be different, and it need not be read.
package struct ListedComponent: Sendable {
    package let id: ComponentID
    /// Of all that the provider said of it: different words, another digest.
    package let said: Digest
    private let content: @Sendable () throws(ProviderFailure) -> ObservedComponent

    package init(
        id: ComponentID,
        said: Digest,
        content: @escaping @Sendable () throws(ProviderFailure) -> ObservedComponent
    ) {
        self.id = id
        self.said = said
        self.content = content
    }

    /// Of a provider that has no words of its own for it.
    package init(_ observed: ObservedComponent) {
        var encoder = CanonicalEncoder()
        for text in [observed.id.text, observed.name, observed.status.text] { encoder.append(text) }
        for text in [observed.statusReason, observed.parent?.text, observed.root?.text] { encoder.append(text) }
        for text in [observed.serviceRole, observed.summary] { encoder.append(text) }
        encoder.append(observed.created)
        encoder.append(observed.updated)
        encoder.append(observed.tags)
        encoder.append(observed.parameters)
        encoder.append(list: observed.outputs) {
            for text in [$1.key, $1.value, $1.exportName] { $0.append(text) }
        }
        encoder.append(list: observed.capabilities) { $0.append($1) }
        encoder.append(list: observed.notificationTopics) { $0.append($1) }
        self.init(id: observed.id, said: encoder.digest) { () throws(ProviderFailure) in observed }
    }

    /// What was said, understood.
    package func read() throws(ProviderFailure) -> ObservedComponent { try content() }

    /// What the store keeps of it: equal means said in the same words.
    package var mark: UUID {
        let b = said.bytes
        return UUID(
            uuid: (
                b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]
            )
        )
    }
}

/// A page of a listing, and where the next begins; nil at the end.
///
/// A page may be empty and still have a next.
package struct ListingPage: Sendable {
    package let components: [ListedComponent]
    package let next: String?

    package init(components: [ListedComponent], next: String?) {
        self.components = components
        self.next = next
    }
}

/// What a page of a listing holds, beside what is known.
///
/// What is in none of these is as it was.
package struct ListingDifference: Sendable {
    /// Of those that are as they were: how many of each kind, by the store's own numbers.
    package struct Unchanged: Sendable {
        package let kind: ComponentClass
        package let hasTags: Bool
        package let numbers: [Int64]

        package init(kind: ComponentClass, hasTags: Bool, numbers: [Int64]) {
            self.kind = kind
            self.hasTags = hasTags
            self.numbers = numbers
        }
    }

    package var unchanged: [Unchanged] = []
    /// Known, and said in other words than before, or not understood by these rules yet.
    package var changed: [KnownComponent] = []
    package var new: Set<ComponentID> = []

    package init() {}
}
