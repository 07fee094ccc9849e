/// The Lambda functions in an environment's stacks, nested ones included, by runtime.
package struct EnvironmentRuntimes: Sendable, Hashable, Codable {
    /// Functions that have one runtime.
    package struct Use: Sendable, Hashable, Codable {
        /// As AWS names it; nil where it names none.
        package let runtime: String?
        package let functions: Int

        package init(runtime: String?, functions: Int) {
            self.runtime = runtime
            self.functions = functions
        }
    }

    /// Functions made from zip files, which have a runtime; sorted by runtime.
    package var uses: [Use]
    /// Functions made from container images, which have none.
    package var images: Int
    /// Functions that a stack names and AWS does not list: deleted by hand.
    package var absent: Int
    /// Functions whose runtime could not be read.
    package var unread: Int
    /// Why some could not be read; nil where all were.
    package var unreadBecause: String?

    package init(
        uses: [Use] = [],
        images: Int = 0,
        absent: Int = 0,
        unread: Int = 0,
        unreadBecause: String? = nil
    ) {
        self.uses = uses
        self.images = images
        self.absent = absent
        self.unread = unread
        self.unreadBecause = unreadBecause
    }

    /// Its stacks hold no function.
    package static let none = EnvironmentRuntimes()
}

/// What a policy may know of an environment's runtimes: no table is needed to judge it.
package struct RuntimeFacts: Sendable, Hashable, Codable {
    /// Functions that have one runtime, and from when on that is deprecated.
    package struct Use: Sendable, Hashable, Codable {
        /// Nil where AWS names none.
        package let runtime: String?
        package let functions: Int
        package let deprecated: Known<CalendarDay>

        package init(runtime: String?, functions: Int, deprecated: Known<CalendarDay>) {
            self.runtime = runtime
            self.functions = functions
            self.deprecated = deprecated
        }
    }

    package let uses: [Use]
    package let images: Int
    /// Why the runtimes of some functions could not be read.
    package let unreadBecause: String?

    package init(uses: [Use] = [], images: Int = 0, unreadBecause: String? = nil) {
        self.uses = uses
        self.images = images
        self.unreadBecause = unreadBecause
    }

    package init(_ runtimes: EnvironmentRuntimes, in table: RuntimeTable) {
        uses = runtimes.uses.map {
            Use(runtime: $0.runtime, functions: $0.functions, deprecated: table.deprecation(of: $0.runtime))
        }
        images = runtimes.images
        unreadBecause = runtimes.unreadBecause
    }

    /// Its stacks hold no function.
    package static let none = RuntimeFacts()
}
