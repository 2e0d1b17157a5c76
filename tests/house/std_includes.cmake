# Checks that a header includes the standard header for each standard name that it uses, itself or through headers of
# this library. Standard libraries differ in what their headers include in addition.
#   cmake -D ROOT=<include> -P std_includes.cmake
# Prints a line per offence and fails when there is one.
cmake_minimum_required(VERSION 3.25)

# brings(<header> <name>...): std::<name> comes from <header>, possibly among others.
macro(brings header)
  foreach(name IN ITEMS ${ARGN})
    list(APPEND "bringing_${name}" "${header}")
  endforeach()
endmacro()
brings(algorithm ranges adjacent_find all_of any_of binary_search clamp copy copy_backward copy_n count count_if equal
  equal_range fill fill_n find find_if find_if_not for_each for_each_n generate is_permutation is_sorted iter_swap
  lexicographical_compare lower_bound max max_element merge min min_element minmax minmax_element mismatch
  move_backward none_of nth_element partial_sort partition remove remove_if replace reverse rotate search set_difference shuffle
  sort stable_sort swap_ranges transform unique upper_bound)
brings(array array begin data empty end get size to_array tuple_element tuple_size tuple_size_v)
brings(atomic atomic atomic_flag atomic_ref atomic_thread_fence memory_order memory_order_acq_rel memory_order_acquire
  memory_order_relaxed memory_order_release memory_order_seq_cst)
brings(bit bit_cast bit_ceil bit_floor bit_width countl_zero countr_zero endian has_single_bit popcount rotl rotr)
brings(cctype isalnum isalpha isdigit isprint isspace tolower toupper)
brings(charconv chars_format from_chars from_chars_result to_chars to_chars_result)
brings(chrono chrono)
brings(cmath abs acos asin atan atan2 cbrt ceil copysign cos cosh erf exp exp2 expm1 fdim floor fma fmax fmin fmod
  frexp hypot ilogb isfinite isinf isnan ldexp lerp lgamma llround log log10 log1p log2 lrint lround nearbyint
  nextafter pow remainder rint round scalbn signbit sin sinh sqrt tan tanh tgamma trunc)
brings(compare partial_ordering strong_ordering weak_ordering)
brings(complex complex)
brings(concepts assignable_from common_with constructible_from convertible_to copy_constructible copyable
  default_initializable derived_from destructible equality_comparable floating_point integral invocable movable
  move_constructible predicate regular regular_invocable same_as semiregular signed_integral swappable totally_ordered
  unsigned_integral)
brings(condition_variable condition_variable)
brings(cstddef byte nullptr_t ptrdiff_t size_t)
brings(cstdint int16_t int32_t int64_t int8_t intptr_t uint16_t uint32_t uint64_t uint8_t uintptr_t)
brings(cstdio FILE fclose feof ferror fflush fgetc fopen fprintf fputs fread fseek ftell fwrite perror printf puts
  remove rename size_t snprintf stderr stdin stdout)
brings(cstdlib abort abs atexit atoi exit free getenv malloc size_t strtod strtof strtol strtoul system)
brings(cstring memchr memcmp memcpy memmove memset size_t strerror strlen)
brings(deque deque)
brings(exception current_exception exception exception_ptr make_exception_ptr rethrow_exception terminate
  uncaught_exceptions)
brings(filesystem filesystem)
brings(fstream filebuf fstream hex ifstream ios ios_base istream noskipws ofstream ostream skipws streamoff
  streamsize)
brings(functional bit_and bit_or cref equal_to function greater hash identity invoke less minus multiplies negate plus
  ref reference_wrapper)
brings(initializer_list initializer_list)
brings(iomanip get_time quoted setfill setprecision setw)
brings(ios boolalpha dec defaultfloat fixed hex ios ios_base noskipws scientific skipws streamoff streamsize)
brings(iosfwd istream ostream)
brings(iostream cerr cin clog cout istream ostream)
brings(istream hex ios ios_base istream noskipws skipws streamoff streamsize ws)
brings(iterator advance back_inserter begin contiguous_iterator data distance empty end forward_iterator
  forward_iterator_tag input_iterator input_iterator_tag istream_iterator istreambuf_iterator iter_reference_t
  iter_value_t iterator_traits make_move_iterator next ostreambuf_iterator prev random_access_iterator
  random_access_iterator_tag reverse_iterator sentinel_for size ssize)
brings(limits numeric_limits)
brings(locale locale use_facet)
brings(map initializer_list map multimap ssize)
brings(memory addressof allocator allocator_traits assume_aligned construct_at destroy_at make_shared make_unique
  shared_ptr to_address unique_ptr weak_ptr)
brings(mutex call_once lock_guard mutex once_flag scoped_lock unique_lock)
brings(new align_val_t bad_alloc bad_array_new_length launder nothrow)
brings(numbers numbers)
brings(numeric accumulate adjacent_difference gcd inner_product iota lcm midpoint partial_sum reduce transform_reduce)
brings(optional nullopt nullopt_t optional)
brings(ostream endl flush hex ios ios_base noskipws ostream skipws streamoff streamsize)
brings(queue priority_queue queue)
brings(random mt19937 mt19937_64 normal_distribution random_device uniform_int_distribution uniform_real_distribution)
brings(ranges ranges views)
brings(set initializer_list set ssize)
brings(source_location source_location)
brings(span as_bytes begin data dynamic_extent empty end size span ssize)
brings(sstream hex ios ios_base istream istringstream noskipws ostream ostringstream skipws streamoff streamsize
  stringstream)
brings(stdexcept domain_error invalid_argument length_error logic_error out_of_range overflow_error range_error
  runtime_error)
brings(streambuf streambuf)
brings(string begin char_traits data empty end erase erase_if getline initializer_list size ssize stod stoi stoul
  string to_string)
brings(string_view begin data end size ssize string_view)
brings(system_error errc error_code generic_category system_error)
brings(thread jthread this_thread thread)
brings(tuple apply forward_as_tuple get ignore make_tuple tie tuple tuple_cat tuple_element tuple_element_t tuple_size
  tuple_size_v)
brings(type_traits add_const_t bool_constant common_type_t conditional conditional_t conjunction_v decay_t
  disjunction_v enable_if_t false_type integral_constant invoke_result_t is_arithmetic_v is_base_of_v is_class_v
  is_const is_const_v is_constant_evaluated is_constructible_v is_convertible_v is_copy_constructible_v
  is_default_constructible_v is_empty_v is_enum_v is_floating_point_v is_integral_v is_invocable_r_v is_invocable_v
  is_lvalue_reference_v is_nothrow_constructible_v is_nothrow_copy_constructible_v is_nothrow_invocable_v
  is_nothrow_move_assignable_v is_nothrow_move_constructible_v is_pointer_v is_reference_v is_same is_same_v
  is_signed_v is_standard_layout_v is_trivially_copyable_v is_trivially_destructible_v is_unsigned_v is_void_v
  make_signed_t make_unsigned_t remove_const_t remove_cv_t remove_cvref_t remove_pointer_t remove_reference_t
  true_type type_identity_t underlying_type underlying_type_t void_t)
brings(typeinfo type_info)
brings(unordered_map unordered_map)
brings(unordered_set unordered_set)
brings(utility as_const cmp_equal cmp_less declval exchange forward get in_place in_place_t in_range index_sequence
  index_sequence_for initializer_list integer_sequence make_index_sequence make_integer_sequence make_pair move pair
  piecewise_construct swap to_underlying tuple_element tuple_element_t tuple_size tuple_size_v unreachable)
brings(variant get_if holds_alternative monostate variant visit)
brings(vector begin data empty end erase erase_if initializer_list size ssize vector)

cmake_path(ABSOLUTE_PATH ROOT NORMALIZE)
file(GLOB_RECURSE headers RELATIVE "${ROOT}" "${ROOT}/*.hpp")
foreach(header IN LISTS headers)
  file(STRINGS "${ROOT}/${header}" lines REGEX "std::|^[ \t]*#[ \t]*include <")
  foreach(line IN LISTS lines)
    if(line MATCHES "^[ \t]*#[ \t]*include <([^>]+)>")
      list(APPEND "includes_${header}" "${CMAKE_MATCH_1}")
      continue()
    endif()
    string(REGEX REPLACE "//.*" "" line "${line}")
    string(REGEX REPLACE "\"[^\"]*\"" "" line "${line}")
    string(REGEX MATCHALL "std::[A-Za-z_0-9]+" names "${line}")
    list(TRANSFORM names REPLACE "^std::" "")
    list(APPEND "names_${header}" ${names})
  endforeach()
endforeach()

# Lists the includes of a header, its own and those through headers of this library, in `result`.
function(all_includes header)
  set(seen ${header})
  set(result "")
  while(seen)
    list(POP_FRONT seen next)
    foreach(included IN LISTS "includes_${next}")
      if(NOT included IN_LIST result)
        list(APPEND result "${included}")
        list(APPEND seen "${included}")
      endif()
    endforeach()
  endwhile()
  set(result "${result}" PARENT_SCOPE)
endfunction()

set(offences 0)
foreach(header IN LISTS headers)
  all_includes("${header}")
  list(REMOVE_DUPLICATES "names_${header}")
  foreach(name IN LISTS "names_${header}")
    set(brought FALSE)
    foreach(included IN LISTS "bringing_${name}")
      if(included IN_LIST result)
        set(brought TRUE)
      endif()
    endforeach()
    if(NOT brought)
      list(JOIN "bringing_${name}" "> or <" where)
      if(where)
        message(NOTICE "${header}: names std::${name}, and does not include <${where}>")
      else()
        message(NOTICE "${header}: names std::${name}, which std_includes.cmake does not know")
      endif()
      math(EXPR offences "${offences} + 1")
    endif()
  endforeach()
endforeach()

list(LENGTH headers count)
if(offences OR NOT count)
  message(FATAL_ERROR "${offences} offences in ${count} headers")
endif()
message(STATUS "${count} headers include what they name of the standard library")
