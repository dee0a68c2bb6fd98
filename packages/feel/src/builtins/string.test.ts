import { describe } from 'vitest'
import { examples } from '../examples.fixture.ts'

describe('characters are code points', () => {
  examples(String.raw`
    string length("Hà Nội") => 6
    string length("🐎") => 1
    string length("\ud83d\udc0e") => 1
    string length("") => 0
    substring("Hà Nội", 4) => "Nội"
    substring("🐎🐄a", 2, 1) => "🐄"
    substring("foobar", -2) => "ar"
    substring("foobar", 3, 3.8) => "oba"
    substring("foobar", 0) => null!
    substring("foobar", 3, 4) => "obar"
    substring("foobar", 3, 5) => null!
    substring("foobar", 3, 0) => null!
    substring("foobar", 7) => null!
    substring(string: "abc", start position: 2) => "bc"
    substring(string: "abc", from: 2) => null!
  `)
})

describe('parts of texts', () => {
  examples(String.raw`
    upper case("đường") => "ĐƯỜNG"
    lower case("ĐÀ NẴNG") => "đà nẵng"
    substring before("01/2026/QH16", "/") => "01"
    substring before("abc", "x") => ""
    substring after("01/2026/QH16", "/") => "2026/QH16"
    substring after("abc", "x") => ""
    substring after("", "") => ""
    contains("Nghị định 224", "định") => true
    starts with("xã A", "xã") => true
    ends with("xã A", "B") => false
    contains(null, "a") => null!
    contains("a", 1) => null!
    string join(["a", null, "b"], ", ") => "a, b"
    string join(["a", "b"]) => "ab"
    string join([], "-") => ""
    string join([1], "-") => null!
    split("a;b;;", ";") => ["a", "b", "", ""]
    split("John Doe", "\s") => ["John", "Doe"]
  `)
})

describe('regular expressions are those of XPath', () => {
  examples(String.raw`
    matches("abracadabra", "bra") => true
    matches("i", "[A-Z-[OI]]", "i") => false
    matches("x", "[A-Z-[OI]]", "i") => true
    matches("hello world", " hello[ ]world", "x") => true
    matches("số", "\p{L}+") => true
    matches("số", "^\p{IsBasicLatin}+$") => false
    matches("a-1", "\i\c*") => true
    matches("a\nb", "a.b") => false
    matches("a\nb", "a.b", "s") => true
    matches("a.b", "a.b", "q") => true
    matches("axb", "a.b", "q") => false
    matches("aa", "(a)\1") => true
    matches("a", "(a)\2") => null!
    matches("a", "[a") => null!
    matches("a", "a{2,1}") => null!
    matches("a", "a", "g") => null!
    matches("a", "(?=a)") => null!
    replace("0123456789", "(\d{3})(\d{3})(\d{4})", "($1) $2-$3") => "(012) 345-6789"
    replace("abc", "b", "[$0]") => "a[b]c"
    replace("abc", "b", "\\$") => "a$c"
    replace("abc", "b", "$x") => null!
    replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") => "[1=ab][2=]cd"
    replace("abracadabra", "a.*?a", "*") => "*c*bra"
    replace("aaaa", "a{2}", "b") => "bb"
    replace("abcabc", "(a|b|c){2,}?", "-") => "---"
    replace("abc", "x*", "-") => null!
    split("abc", "x?") => null!
    matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$") => null!
    matches("xyxy", "^((x|y)*)*$") => true
    matches("a", "((((a{50}){50}){50}){50})") => null!
    matches("", "^$") => true
    matches("\nabcd\ndefg\n", "^$", "m") => true
  `)
})
