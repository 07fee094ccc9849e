package import Foundation

/// A call by which a stack is made or changed, as the provider's history names it.
package enum TrailCall: String, Sendable, Hashable, Codable, CaseIterable {
    case createStack = "CreateStack"
    case createChangeSet = "CreateChangeSet"
    case executeChangeSet = "ExecuteChangeSet"
}

/// One call of the provider's own history, as far as it tells who made which component.
package struct TrailEvent: Sendable, Hashable {
    package var id: String
    package var call: TrailCall
    package var at: Date
    package var identity: TrailIdentity
    /// The component's own id, where the call or its answer names it.
    package var component: ComponentID?
    /// Its name, where that is all there is.
    package var name: String?
    /// The call made the component; others change one that is there.
    package var makes: Bool

    package init(
        id: String,
        call: TrailCall,
        at: Date,
        identity: TrailIdentity,
        component: ComponentID? = nil,
        name: String? = nil,
        makes: Bool = false
    ) {
        self.id = id
        self.call = call
        self.at = at
        self.identity = identity
        self.component = component
        self.name = name
        self.makes = makes
    }
}

/// What is asked of the history: calls of one name between two moments.
package struct TrailQuestion: Sendable, Hashable {
    package var call: TrailCall
    package var from: Date
    package var until: Date

    package init(_ call: TrailCall, from: Date, until: Date) {
        self.call = call
        self.from = from
        self.until = until
    }
}

/// One page of the answer, newest first.
package struct TrailPage: Sendable {
    /// Calls that succeeded.
    package var events: [TrailEvent]
    /// When the oldest call on the page was made, of whatever kind; nil on an empty page.
    package var oldest: Date?
    /// Entries whose record could not be read.
    package var unreadable: Int
    package var next: String?

    package init(events: [TrailEvent], oldest: Date?, unreadable: Int = 0, next: String? = nil) {
        self.events = events
        self.oldest = oldest
        self.unreadable = unreadable
        self.next = next
    }
}
