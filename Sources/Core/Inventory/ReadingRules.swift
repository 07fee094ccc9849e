/// The rules by which components are read and grouped, as one value: what was made of the same words under the same
/// rules is the same.
package struct ReadingRules: Sendable, Hashable {
    /// Raise it whenever the program makes something else of the same component.
    ///
    /// Another class, other names, another content: then all of them are looked at anew once; without that, what is listed
    /// as before stays as it was read.
    package static let revision = 1

    package let digest: Digest

    /// `naming`: of the rules in the settings.
    package init(naming: Digest) {
        var encoder = CanonicalEncoder()
        encoder.append(Self.revision)
        // What is always in force comes with the program, not with the settings (D1).
        let builtIn: [[String]] = [
            PermanentWords.builtIn.sorted(), PermanentWords.development.sorted(), DenyList.builtIn.sorted(),
            FeatureBeginning.builtIn.map { "\($0)" }.sorted(), EnvironmentTag.builtInKeys.sorted(),
        ]
        for list in builtIn {
            encoder.append(list.count)
            for word in list { encoder.append(word) }
        }
        encoder.append(naming.description)
        digest = encoder.digest
    }

    /// The digest's first eight bytes.
    package var number: Int64 { Int64(bitPattern: digest.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }) }
}
