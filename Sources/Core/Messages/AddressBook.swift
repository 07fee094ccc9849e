/// Whom a message for an owner reaches.
package struct AddressBook: Sendable {
    package struct Entry: Sendable, Hashable {
        package var name: String
        /// Under which they own things.
        package var owns: Set<OwnerName>
        /// The first one is written to.
        package var addresses: [String]
        package var groups: Set<String>
        package var logins: Set<String>

        package init(
            name: String,
            owns: Set<OwnerName>,
            addresses: [String],
            groups: Set<String>,
            logins: Set<String>
        ) {
            self.name = name
            self.owns = owns
            self.addresses = addresses
            self.groups = groups
            self.logins = logins
        }
    }

    package struct Route: Sendable, Hashable {
        /// A glob over the owner's name.
        package var owner: String
        /// `{owner}` in an address stands for the owner's name.
        package var to: [Recipient]

        package init(owner: String, to: [Recipient]) {
            self.owner = owner
            self.to = to
        }
    }

    package var people: [Entry]
    package var routes: [Route]
    /// Addresses in tags count only within these: whoever can tag a stack could otherwise have mail sent anywhere.
    package var domains: Set<String>
    /// Who is told about what nobody owns.
    package var fallback: OwnerName?
    /// Whom everything reaches that nobody else can be found for.
    package var platform: [Recipient]

    package init(
        people: [Entry] = [],
        routes: [Route] = [],
        domains: Set<String> = [],
        fallback: OwnerName? = nil,
        platform: [Recipient] = []
    ) {
        self.people = people
        self.routes = routes
        self.domains = Set(domains.map { $0.lowercased() })
        self.fallback = fallback
        self.platform = platform
    }

    package struct Found: Sendable, Hashable {
        /// Empty when nobody can be told.
        package var recipients: [Recipient]
        /// They are told in the owner's place: nobody owns it, or no address of the owner is known.
        package var isStandIn: Bool
    }

    /// An owner's recipients; without any, the fallback's, else the platform's.
    package func recipients(of owner: OwnerName?) -> Found {
        if let owner {
            let direct = reach(owner)
            if !direct.isEmpty { return Found(recipients: direct, isStandIn: false) }
        }
        let standIn = fallback.map(reach) ?? []
        return Found(recipients: standIn.isEmpty ? platform : standIn, isStandIn: true)
    }

    /// People of a group who can be written to.
    package func recipients(ofGroup group: String) -> [Recipient] {
        people.filter { $0.groups.contains(group) }.compactMap(address)
    }

    /// The owner as somebody who can approve: a person of the settings file with a login.
    package func approvers(owning owner: OwnerName) -> [Recipient] {
        people.filter { $0.owns.contains(owner) && !$0.logins.isEmpty }.compactMap(address)
    }

    package func recipients(ofPerson name: String) -> [Recipient] {
        people.filter { $0.name == name }.compactMap(address)
    }

    /// The person behind a login, as a recipient; nil where nobody has it or no address is known.
    package func recipient(ofLogin login: String) -> Recipient? {
        people.first { $0.logins.contains(login) }.flatMap(address)
    }

    private func address(_ person: Entry) -> Recipient? { person.addresses.first.map(Recipient.address) }

    private func reach(_ owner: OwnerName) -> [Recipient] {
        if let person = people.first(where: { $0.owns.contains(owner) }), let address = address(person) {
            return [address]
        }
        if let route = routes.first(where: { NameGlob($0.owner.lowercased()).matches(owner.text.lowercased()) }) {
            let found = route.to.compactMap { filled($0, owner) }
            if !found.isEmpty { return found }
        }
        guard owner.isAddress, Self.isPlain(owner.text),
            let domain = owner.text.split(separator: "@").last, domains.contains(domain.lowercased())
        else { return [] }
        return [.address(owner.text)]
    }

    /// Nil where the owner's name makes no address of the template: names come from tags.
    private func filled(_ recipient: Recipient, _ owner: OwnerName) -> Recipient? {
        guard case .address(let template) = recipient, template.contains("{owner}") else { return recipient }
        let address = template.replacing("{owner}", with: owner.text)
        return OwnerName(address).isAddress && Self.isPlain(address) ? .address(address) : nil
    }

    /// Nothing in it that means something else to a mail server or a header.
    private static func isPlain(_ address: String) -> Bool {
        address.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "@.-_+'".unicodeScalars.contains(scalar))
        }
    }
}
