// exp and log with the bits of AssemblyScript's Math.exp and Math.log, which the engine is built with: the
// system's own differ in the last bit on some inputs, and between libraries.
//
// Ported from assemblyscript/std/assembly/util/math.ts (Apache License 2.0, the AssemblyScript authors), a port of
// musl's src/math/exp.c and log.c, Copyright (c) 2018, Arm Limited, SPDX-License-Identifier: MIT.
// Fused multiply-adds would change the bits: compile with -ffp-contract=off.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace musl {

/** Pairs (tail, bits of 2^(i/128) less i << 45). */
inline constexpr uint64_t EXP_TABLE[256] = {
    0x0000000000000000, 0x3ff0000000000000, 0x3c9b3b4f1a88bf6e, 0x3feff63da9fb3335,
    0xbc7160139cd8dc5d, 0x3fefec9a3e778061, 0xbc905e7a108766d1, 0x3fefe315e86e7f85,
    0x3c8cd2523567f613, 0x3fefd9b0d3158574, 0xbc8bce8023f98efa, 0x3fefd06b29ddf6de,
    0x3c60f74e61e6c861, 0x3fefc74518759bc8, 0x3c90a3e45b33d399, 0x3fefbe3ecac6f383,
    0x3c979aa65d837b6d, 0x3fefb5586cf9890f, 0x3c8eb51a92fdeffc, 0x3fefac922b7247f7,
    0x3c3ebe3d702f9cd1, 0x3fefa3ec32d3d1a2, 0xbc6a033489906e0b, 0x3fef9b66affed31b,
    0xbc9556522a2fbd0e, 0x3fef9301d0125b51, 0xbc5080ef8c4eea55, 0x3fef8abdc06c31cc,
    0xbc91c923b9d5f416, 0x3fef829aaea92de0, 0x3c80d3e3e95c55af, 0x3fef7a98c8a58e51,
    0xbc801b15eaa59348, 0x3fef72b83c7d517b, 0xbc8f1ff055de323d, 0x3fef6af9388c8dea,
    0x3c8b898c3f1353bf, 0x3fef635beb6fcb75, 0xbc96d99c7611eb26, 0x3fef5be084045cd4,
    0x3c9aecf73e3a2f60, 0x3fef54873168b9aa, 0xbc8fe782cb86389d, 0x3fef4d5022fcd91d,
    0x3c8a6f4144a6c38d, 0x3fef463b88628cd6, 0x3c807a05b0e4047d, 0x3fef3f49917ddc96,
    0x3c968efde3a8a894, 0x3fef387a6e756238, 0x3c875e18f274487d, 0x3fef31ce4fb2a63f,
    0x3c80472b981fe7f2, 0x3fef2b4565e27cdd, 0xbc96b87b3f71085e, 0x3fef24dfe1f56381,
    0x3c82f7e16d09ab31, 0x3fef1e9df51fdee1, 0xbc3d219b1a6fbffa, 0x3fef187fd0dad990,
    0x3c8b3782720c0ab4, 0x3fef1285a6e4030b, 0x3c6e149289cecb8f, 0x3fef0cafa93e2f56,
    0x3c834d754db0abb6, 0x3fef06fe0a31b715, 0x3c864201e2ac744c, 0x3fef0170fc4cd831,
    0x3c8fdd395dd3f84a, 0x3feefc08b26416ff, 0xbc86a3803b8e5b04, 0x3feef6c55f929ff1,
    0xbc924aedcc4b5068, 0x3feef1a7373aa9cb, 0xbc9907f81b512d8e, 0x3feeecae6d05d866,
    0xbc71d1e83e9436d2, 0x3feee7db34e59ff7, 0xbc991919b3ce1b15, 0x3feee32dc313a8e5,
    0x3c859f48a72a4c6d, 0x3feedea64c123422, 0xbc9312607a28698a, 0x3feeda4504ac801c,
    0xbc58a78f4817895b, 0x3feed60a21f72e2a, 0xbc7c2c9b67499a1b, 0x3feed1f5d950a897,
    0x3c4363ed60c2ac11, 0x3feece086061892d, 0x3c9666093b0664ef, 0x3feeca41ed1d0057,
    0x3c6ecce1daa10379, 0x3feec6a2b5c13cd0, 0x3c93ff8e3f0f1230, 0x3feec32af0d7d3de,
    0x3c7690cebb7aafb0, 0x3feebfdad5362a27, 0x3c931dbdeb54e077, 0x3feebcb299fddd0d,
    0xbc8f94340071a38e, 0x3feeb9b2769d2ca7, 0xbc87deccdc93a349, 0x3feeb6daa2cf6642,
    0xbc78dec6bd0f385f, 0x3feeb42b569d4f82, 0xbc861246ec7b5cf6, 0x3feeb1a4ca5d920f,
    0x3c93350518fdd78e, 0x3feeaf4736b527da, 0x3c7b98b72f8a9b05, 0x3feead12d497c7fd,
    0x3c9063e1e21c5409, 0x3feeab07dd485429, 0x3c34c7855019c6ea, 0x3feea9268a5946b7,
    0x3c9432e62b64c035, 0x3feea76f15ad2148, 0xbc8ce44a6199769f, 0x3feea5e1b976dc09,
    0xbc8c33c53bef4da8, 0x3feea47eb03a5585, 0xbc845378892be9ae, 0x3feea34634ccc320,
    0xbc93cedd78565858, 0x3feea23882552225, 0x3c5710aa807e1964, 0x3feea155d44ca973,
    0xbc93b3efbf5e2228, 0x3feea09e667f3bcd, 0xbc6a12ad8734b982, 0x3feea012750bdabf,
    0xbc6367efb86da9ee, 0x3fee9fb23c651a2f, 0xbc80dc3d54e08851, 0x3fee9f7df9519484,
    0xbc781f647e5a3ecf, 0x3fee9f75e8ec5f74, 0xbc86ee4ac08b7db0, 0x3fee9f9a48a58174,
    0xbc8619321e55e68a, 0x3fee9feb564267c9, 0x3c909ccb5e09d4d3, 0x3feea0694fde5d3f,
    0xbc7b32dcb94da51d, 0x3feea11473eb0187, 0x3c94ecfd5467c06b, 0x3feea1ed0130c132,
    0x3c65ebe1abd66c55, 0x3feea2f336cf4e62, 0xbc88a1c52fb3cf42, 0x3feea427543e1a12,
    0xbc9369b6f13b3734, 0x3feea589994cce13, 0xbc805e843a19ff1e, 0x3feea71a4623c7ad,
    0xbc94d450d872576e, 0x3feea8d99b4492ed, 0x3c90ad675b0e8a00, 0x3feeaac7d98a6699,
    0x3c8db72fc1f0eab4, 0x3feeace5422aa0db, 0xbc65b6609cc5e7ff, 0x3feeaf3216b5448c,
    0x3c7bf68359f35f44, 0x3feeb1ae99157736, 0xbc93091fa71e3d83, 0x3feeb45b0b91ffc6,
    0xbc5da9b88b6c1e29, 0x3feeb737b0cdc5e5, 0xbc6c23f97c90b959, 0x3feeba44cbc8520f,
    0xbc92434322f4f9aa, 0x3feebd829fde4e50, 0xbc85ca6cd7668e4b, 0x3feec0f170ca07ba,
    0x3c71affc2b91ce27, 0x3feec49182a3f090, 0x3c6dd235e10a73bb, 0x3feec86319e32323,
    0xbc87c50422622263, 0x3feecc667b5de565, 0x3c8b1c86e3e231d5, 0x3feed09bec4a2d33,
    0xbc91bbd1d3bcbb15, 0x3feed503b23e255d, 0x3c90cc319cee31d2, 0x3feed99e1330b358,
    0x3c8469846e735ab3, 0x3feede6b5579fdbf, 0xbc82dfcd978e9db4, 0x3feee36bbfd3f37a,
    0x3c8c1a7792cb3387, 0x3feee89f995ad3ad, 0xbc907b8f4ad1d9fa, 0x3feeee07298db666,
    0xbc55c3d956dcaeba, 0x3feef3a2b84f15fb, 0xbc90a40e3da6f640, 0x3feef9728de5593a,
    0xbc68d6f438ad9334, 0x3feeff76f2fb5e47, 0xbc91eee26b588a35, 0x3fef05b030a1064a,
    0x3c74ffd70a5fddcd, 0x3fef0c1e904bc1d2, 0xbc91bdfbfa9298ac, 0x3fef12c25bd71e09,
    0x3c736eae30af0cb3, 0x3fef199bdd85529c, 0x3c8ee3325c9ffd94, 0x3fef20ab5fffd07a,
    0x3c84e08fd10959ac, 0x3fef27f12e57d14b, 0x3c63cdaf384e1a67, 0x3fef2f6d9406e7b5,
    0x3c676b2c6c921968, 0x3fef3720dcef9069, 0xbc808a1883ccb5d2, 0x3fef3f0b555dc3fa,
    0xbc8fad5d3ffffa6f, 0x3fef472d4a07897c, 0xbc900dae3875a949, 0x3fef4f87080d89f2,
    0x3c74a385a63d07a7, 0x3fef5818dcfba487, 0xbc82919e2040220f, 0x3fef60e316c98398,
    0x3c8e5a50d5c192ac, 0x3fef69e603db3285, 0x3c843a59ac016b4b, 0x3fef7321f301b460,
    0xbc82d52107b43e1f, 0x3fef7c97337b9b5f, 0xbc892ab93b470dc9, 0x3fef864614f5a129,
    0x3c74b604603a88d3, 0x3fef902ee78b3ff6, 0x3c83c5ec519d7271, 0x3fef9a51fbc74c83,
    0xbc8ff7128fd391f0, 0x3fefa4afa2a490da, 0xbc8dae98e223747d, 0x3fefaf482d8e67f1,
    0x3c8ec3bc41aa2008, 0x3fefba1bee615a27, 0x3c842b94c3a9eb32, 0x3fefc52b376bba97,
    0x3c8a64a931d185ee, 0x3fefd0765b6e4540, 0xbc8e37bae43be3ed, 0x3fefdbfdad9cbe14,
    0x3c77893b4d91cd9d, 0x3fefe7c1819e90d8, 0x3c5305c14160cc89, 0x3feff3c22b8f71f1,
};

/** Pairs (1/c, log c) for a c near the centre of each of 128 subintervals. */
inline constexpr uint64_t LOG_TABLE[256] = {
    0x3ff734f0c3e0de9f, 0xbfd7cc7f79e69000, 0x3ff713786a2ce91f, 0xbfd76feec20d0000,
    0x3ff6f26008fab5a0, 0xbfd713e31351e000, 0x3ff6d1a61f138c7d, 0xbfd6b85b38287800,
    0x3ff6b1490bc5b4d1, 0xbfd65d5590807800, 0x3ff69147332f0cba, 0xbfd602d076180000,
    0x3ff6719f18224223, 0xbfd5a8ca86909000, 0x3ff6524f99a51ed9, 0xbfd54f4356035000,
    0x3ff63356aa8f24c4, 0xbfd4f637c36b4000, 0x3ff614b36b9ddc14, 0xbfd49da7fda85000,
    0x3ff5f66452c65c4c, 0xbfd445923989a800, 0x3ff5d867b5912c4f, 0xbfd3edf439b0b800,
    0x3ff5babccb5b90de, 0xbfd396ce448f7000, 0x3ff59d61f2d91a78, 0xbfd3401e17bda000,
    0x3ff5805612465687, 0xbfd2e9e2ef468000, 0x3ff56397cee76bd3, 0xbfd2941b3830e000,
    0x3ff54725e2a77f93, 0xbfd23ec58cda8800, 0x3ff52aff42064583, 0xbfd1e9e129279000,
    0x3ff50f22dbb2bddf, 0xbfd1956d2b48f800, 0x3ff4f38f4734ded7, 0xbfd141679ab9f800,
    0x3ff4d843cfde2840, 0xbfd0edd094ef9800, 0x3ff4bd3ec078a3c8, 0xbfd09aa518db1000,
    0x3ff4a27fc3e0258a, 0xbfd047e65263b800, 0x3ff4880524d48434, 0xbfcfeb224586f000,
    0x3ff46dce1b192d0b, 0xbfcf474a7517b000, 0x3ff453d9d3391854, 0xbfcea4443d103000,
    0x3ff43a2744b4845a, 0xbfce020d44e9b000, 0x3ff420b54115f8fb, 0xbfcd60a22977f000,
    0x3ff40782da3ef4b1, 0xbfccc00104959000, 0x3ff3ee8f5d57fe8f, 0xbfcc202956891000,
    0x3ff3d5d9a00b4ce9, 0xbfcb81178d811000, 0x3ff3bd60c010c12b, 0xbfcae2c9ccd3d000,
    0x3ff3a5242b75dab8, 0xbfca45402e129000, 0x3ff38d22cd9fd002, 0xbfc9a877681df000,
    0x3ff3755bc5847a1c, 0xbfc90c6d69483000, 0x3ff35dce49ad36e2, 0xbfc87120a645c000,
    0x3ff34679984dd440, 0xbfc7d68fb4143000, 0x3ff32f5cceffcb24, 0xbfc73cb83c627000,
    0x3ff3187775a10d49, 0xbfc6a39a9b376000, 0x3ff301c8373e3990, 0xbfc60b3154b7a000,
    0x3ff2eb4ebb95f841, 0xbfc5737d76243000, 0x3ff2d50a0219a9d1, 0xbfc4dc7b8fc23000,
    0x3ff2bef9a8b7fd2a, 0xbfc4462c51d20000, 0x3ff2a91c7a0c1bab, 0xbfc3b08abc830000,
    0x3ff293726014b530, 0xbfc31b996b490000, 0x3ff27dfa5757a1f5, 0xbfc2875490a44000,
    0x3ff268b39b1d3bbf, 0xbfc1f3b9f879a000, 0x3ff2539d838ff5bd, 0xbfc160c8252ca000,
    0x3ff23eb7aac9083b, 0xbfc0ce7f57f72000, 0x3ff22a012ba940b6, 0xbfc03cdc49fea000,
    0x3ff2157996cc4132, 0xbfbf57bdbc4b8000, 0x3ff201201dd2fc9b, 0xbfbe370896404000,
    0x3ff1ecf4494d480b, 0xbfbd17983ef94000, 0x3ff1d8f5528f6569, 0xbfbbf9674ed8a000,
    0x3ff1c52311577e7c, 0xbfbadc79202f6000, 0x3ff1b17c74cb26e9, 0xbfb9c0c3e7288000,
    0x3ff19e010c2c1ab6, 0xbfb8a646b372c000, 0x3ff18ab07bb670bd, 0xbfb78d01b3ac0000,
    0x3ff1778a25efbcb6, 0xbfb674f145380000, 0x3ff1648d354c31da, 0xbfb55e0e6d878000,
    0x3ff151b990275fdd, 0xbfb4485cdea1e000, 0x3ff13f0ea432d24c, 0xbfb333d94d6aa000,
    0x3ff12c8b7210f9da, 0xbfb22079f8c56000, 0x3ff11a3028ecb531, 0xbfb10e4698622000,
    0x3ff107fbda8434af, 0xbfaffa6c6ad20000, 0x3ff0f5ee0f4e6bb3, 0xbfadda8d4a774000,
    0x3ff0e4065d2a9fce, 0xbfabbcece4850000, 0x3ff0d244632ca521, 0xbfa9a1894012c000,
    0x3ff0c0a77ce2981a, 0xbfa788583302c000, 0x3ff0af2f83c636d1, 0xbfa5715e67d68000,
    0x3ff09ddb98a01339, 0xbfa35c8a49658000, 0x3ff08cabaf52e7df, 0xbfa149e364154000,
    0x3ff07b9f2f4e28fb, 0xbf9e72c082eb8000, 0x3ff06ab58c358f19, 0xbf9a55f152528000,
    0x3ff059eea5ecf92c, 0xbf963d62cf818000, 0x3ff04949cdd12c90, 0xbf9228fb8caa0000,
    0x3ff038c6c6f0ada9, 0xbf8c317b20f90000, 0x3ff02865137932a9, 0xbf8419355daa0000,
    0x3ff0182427ea7348, 0xbf781203c2ec0000, 0x3ff008040614b195, 0xbf60040979240000,
    0x3fefe01ff726fa1a, 0x3f6feff384900000, 0x3fefa11cc261ea74, 0x3f87dc41353d0000,
    0x3fef6310b081992e, 0x3f93cea3c4c28000, 0x3fef25f63ceeadcd, 0x3f9b9fc114890000,
    0x3feee9c8039113e7, 0x3fa1b0d8ce110000, 0x3feeae8078cbb1ab, 0x3fa58a5bd001c000,
    0x3fee741aa29d0c9b, 0x3fa95c8340d88000, 0x3fee3a91830a99b5, 0x3fad276aef578000,
    0x3fee01e009609a56, 0x3fb07598e598c000, 0x3fedca01e577bb98, 0x3fb253f5e30d2000,
    0x3fed92f20b7c9103, 0x3fb42edd8b380000, 0x3fed5cac66fb5cce, 0x3fb606598757c000,
    0x3fed272caa5ede9d, 0x3fb7da76356a0000, 0x3fecf26e3e6b2ccd, 0x3fb9ab434e1c6000,
    0x3fecbe6da2a77902, 0x3fbb78c7bb0d6000, 0x3fec8b266d37086d, 0x3fbd431332e72000,
    0x3fec5894bd5d5804, 0x3fbf0a3171de6000, 0x3fec26b533bb9f8c, 0x3fc067152b914000,
    0x3febf583eeece73f, 0x3fc147858292b000, 0x3febc4fd75db96c1, 0x3fc2266ecdca3000,
    0x3feb951e0c864a28, 0x3fc303d7a6c55000, 0x3feb65e2c5ef3e2c, 0x3fc3dfc33c331000,
    0x3feb374867c9888b, 0x3fc4ba366b7a8000, 0x3feb094b211d304a, 0x3fc5933928d1f000,
    0x3feadbe885f2ef7e, 0x3fc66acd2418f000, 0x3feaaf1d31603da2, 0x3fc740f8ec669000,
    0x3fea82e63fd358a7, 0x3fc815c0f51af000, 0x3fea5740ef09738b, 0x3fc8e92954f68000,
    0x3fea2c2a90ab4b27, 0x3fc9bb3602f84000, 0x3fea01a01393f2d1, 0x3fca8bed1c2c0000,
    0x3fe9d79f24db3c1b, 0x3fcb5b515c01d000, 0x3fe9ae2505c7b190, 0x3fcc2967ccbcc000,
    0x3fe9852ef297ce2f, 0x3fccf635d5486000, 0x3fe95cbaeea44b75, 0x3fcdc1bd3446c000,
    0x3fe934c69de74838, 0x3fce8c01b8cfe000, 0x3fe90d4f2f6752e6, 0x3fcf5509c0179000,
    0x3fe8e6528effd79d, 0x3fd00e6c121fb800, 0x3fe8bfce9fcc007c, 0x3fd071b80e93d000,
    0x3fe899c0dabec30e, 0x3fd0d46b9e867000, 0x3fe87427aa2317fb, 0x3fd13687334bd000,
    0x3fe84f00acb39a08, 0x3fd1980d67234800, 0x3fe82a49e8653e55, 0x3fd1f8ffe0cc8000,
    0x3fe8060195f40260, 0x3fd2595fd7636800, 0x3fe7e22563e0a329, 0x3fd2b9300914a800,
    0x3fe7beb377dcb5ad, 0x3fd3187210436000, 0x3fe79baa679725c2, 0x3fd377266dec1800,
    0x3fe77907f2170657, 0x3fd3d54ffbaf3000, 0x3fe756cadbd6130c, 0x3fd432eee32fe000,
};

/** The same c, as a sum of two doubles. */
inline constexpr uint64_t LOG_CENTRES[256] = {
    0x3fe61000014fb66b, 0x3c7e026c91425b3c, 0x3fe63000034db495, 0x3c8dbfea48005d41,
    0x3fe650000d94d478, 0x3c8e7fa786d6a5b7, 0x3fe67000074e6fad, 0x3c61fcea6b54254c,
    0x3fe68ffffedf0fae, 0xbc7c7e274c590efd, 0x3fe6b0000763c5bc, 0xbc8ac16848dcda01,
    0x3fe6d0001e5cc1f6, 0x3c833f1c9d499311, 0x3fe6efffeb05f63e, 0xbc7e80041ae22d53,
    0x3fe710000e869780, 0x3c7bff6671097952, 0x3fe72ffffc67e912, 0x3c8c00e226bd8724,
    0x3fe74fffdf81116a, 0xbc6e02916ef101d2, 0x3fe770000f679c90, 0xbc67fc71cd549c74,
    0x3fe78ffffa7ec835, 0x3c81bec19ef50483, 0x3fe7affffe20c2e6, 0xbc707e1729cc6465,
    0x3fe7cfffed3fc900, 0xbc808072087b8b1c, 0x3fe7efffe9261a76, 0x3c8dc0286d9df9ae,
    0x3fe81000049ca3e8, 0x3c897fd251e54c33, 0x3fe8300017932c8f, 0xbc8afee9b630f381,
    0x3fe850000633739c, 0x3c89bfbf6b6535bc, 0x3fe87000204289c6, 0xbc8bbf65f3117b75,
    0x3fe88fffebf57904, 0xbc89006ea23dcb57, 0x3fe8b00022bc04df, 0xbc7d00df38e04b0a,
    0x3fe8cfffe50c1b8a, 0xbc88007146ff9f05, 0x3fe8effffc918e43, 0x3c83817bd07a7038,
    0x3fe910001efa5fc7, 0x3c893e9176dfb403, 0x3fe9300013467bb9, 0x3c7f804e4b980276,
    0x3fe94fffe6ee076f, 0xbc8f7ef0d9ff622e, 0x3fe96fffde3c12d1, 0xbc7082aa962638ba,
    0x3fe98ffff4458a0d, 0xbc87801b9164a8ef, 0x3fe9afffdd982e3e, 0xbc8740e08a5a9337,
    0x3fe9cfffed49fb66, 0x3c3fce08c19be000, 0x3fe9f00020f19c51, 0xbc8a3faa27885b0a,
    0x3fea10001145b006, 0x3c74ff489958da56, 0x3fea300007bbf6fa, 0x3c8cbeab8a2b6d18,
    0x3fea500010971d79, 0x3c88fecadd787930, 0x3fea70001df52e48, 0xbc8f41763dd8abdb,
    0x3fea90001c593352, 0xbc8ebf0284c27612, 0x3feab0002a4f3e4b, 0xbc69fd043cff3f5f,
    0x3feacfffd7ae1ed1, 0xbc823ee7129070b4, 0x3feaefffee510478, 0x3c6a063ee00edea3,
    0x3feb0fffdb650d5b, 0x3c5a06c8381f0ab9, 0x3feb2ffffeaaca57, 0xbc79011e74233c1d,
    0x3feb4fffd995badc, 0xbc79ff1068862a9f, 0x3feb7000249e659c, 0x3c8aff45d0864f3e,
    0x3feb8ffff9871640, 0x3c7cfe7796c2c3f9, 0x3febafffd204cb4f, 0xbc63ff27eef22bc4,
    0x3febcfffd2415c45, 0xbc6cffb7ee3bea21, 0x3febeffff86309df, 0xbc814103972e0b5c,
    0x3fec0fffe1b57653, 0x3c8bc16494b76a19, 0x3fec2ffff1fa57e3, 0xbc64feef8d30c6ed,
    0x3fec4fffdcbfe424, 0xbc843f68bcec4775, 0x3fec6fffed54b9f7, 0x3c847ea3f053e0ec,
    0x3fec8fffeb998fd5, 0x3c7383068df992f1, 0x3fecb0002125219a, 0xbc68fd8e64180e04,
    0x3feccfffdd94469c, 0x3c8e7ebe1cc7ea72, 0x3fecefffeafdc476, 0x3c8ebe39ad9f88fe,
    0x3fed1000169af82b, 0x3c757d91a8b95a71, 0x3fed30000d0ff71d, 0x3c89c1906970c7da,
    0x3fed4fffea790fc4, 0xbc580e37c558fe0c, 0x3fed70002edc87e5, 0xbc7f80d64dc10f44,
    0x3fed900021dc82aa, 0xbc747c8f94fd5c5c, 0x3fedafffd86b0283, 0x3c8c7f1dc521617e,
    0x3fedd000296c4739, 0x3c88019eb2ffb153, 0x3fedefffe54490f5, 0x3c6e00d2c652cc89,
    0x3fee0fffcdabf694, 0xbc7f8340202d69d2, 0x3fee2fffdb52c8dd, 0x3c7b00c1ca1b0864,
    0x3fee4ffff24216ef, 0x3c72ffa8b094ab51, 0x3fee6fffe88a5e11, 0xbc57f673b1efbe59,
    0x3fee9000119eff0d, 0xbc84808d5e0bc801, 0x3feeafffdfa51744, 0x3c780006d54320b5,
    0x3feed0001a127fa1, 0xbc5002f860565c92, 0x3feef00007babcc4, 0xbc8540445d35e611,
    0x3fef0ffff57a8d02, 0xbc4ffb3139ef9105, 0x3fef30001ee58ac7, 0x3c8a81acf2731155,
    0x3fef4ffff5823494, 0x3c8a3f41d4d7c743, 0x3fef6ffffca94c6b, 0xbc6202f41c987875,
    0x3fef8fffe1f9c441, 0x3c777dd1f477e74b, 0x3fefafffd2e0e37e, 0xbc6f01199a7ca331,
    0x3fefd0001c77e49e, 0x3c7181ee4bceacb1, 0x3fefeffff7e0c331, 0xbc6e05370170875a,
    0x3ff00ffff465606e, 0xbc8a7ead491c0ada, 0x3ff02ffff3867a58, 0xbc977f69c3fcb2e0,
    0x3ff04ffffdfc0d17, 0x3c97bffe34cb945b, 0x3ff0700003cd4d82, 0x3c820083c0e456cb,
    0x3ff08ffff9f2cbe8, 0xbc6dffdfbe37751a, 0x3ff0b000010cda65, 0xbc913f7faee626eb,
    0x3ff0d00001a4d338, 0x3c807dfa79489ff7, 0x3ff0effffadafdfd, 0xbc77040570d66bc0,
    0x3ff110000bbafd96, 0x3c8e80d4846d0b62, 0x3ff12ffffae5f45d, 0x3c9dbffa64fd36ef,
    0x3ff150000dd59ad9, 0x3c9a0077701250ae, 0x3ff170000f21559a, 0x3c8dfdf9e2e3deee,
    0x3ff18ffffc275426, 0x3c910030dc3b7273, 0x3ff1b000123d3c59, 0x3c997f7980030188,
    0x3ff1cffff8299eb7, 0xbc65f932ab9f8c67, 0x3ff1effff48ad400, 0x3c937fbf9da75beb,
    0x3ff210000c8b86a4, 0x3c9f806b91fd5b22, 0x3ff2300003854303, 0x3c93ffc2eb9fbf33,
    0x3ff24fffffbcf684, 0x3c7601e77e2e2e72, 0x3ff26ffff52921d9, 0x3c7ffcbb767f0c61,
    0x3ff2900014933a3c, 0xbc7202ca3c02412b, 0x3ff2b00014556313, 0xbc92808233f21f02,
    0x3ff2cfffebfe523b, 0xbc88ff7e384fdcf2, 0x3ff2f0000bb8ad96, 0xbc85ff51503041c5,
    0x3ff30ffffb7ae2af, 0xbc810071885e289d, 0x3ff32ffffeac5f7f, 0xbc91ff5d3fb7b715,
    0x3ff350000ca66756, 0x3c957f82228b82bd, 0x3ff3700011fbf721, 0x3c8000bac40dd5cc,
    0x3ff38ffff9592fb9, 0xbc943f9d2db2a751, 0x3ff3b00004ddd242, 0x3c857f6b707638e1,
    0x3ff3cffff5b2c957, 0x3c7a023a10bf1231, 0x3ff3efffeab0b418, 0x3c987f6d66b152b0,
    0x3ff410001532aff4, 0x3c67f8375f198524, 0x3ff4300017478b29, 0x3c8301e672dc5143,
    0x3ff44fffe795b463, 0x3c89ff69b8b2895a, 0x3ff46fffe80475e0, 0xbc95c0b19bc2f254,
    0x3ff48fffef6fc1e7, 0x3c9b4009f23a2a72, 0x3ff4afffe5bea704, 0xbc94ffb7bf0d7d45,
    0x3ff4d000171027de, 0xbc99c06471dc6a3d, 0x3ff4f0000ff03ee2, 0x3c977f890b85531c,
    0x3ff5100012dc4bd1, 0x3c6004657166a436, 0x3ff530001605277a, 0xbc96bfcece233209,
    0x3ff54fffecdb704c, 0xbc8902720505a1d7, 0x3ff56fffef5f54a9, 0x3c9bbfe60ec96412,
    0x3ff5900017e61012, 0x3c887ec581afef90, 0x3ff5b00003c93e92, 0xbc9f41080abf0cc0,
    0x3ff5d0001d4919bc, 0xbc98812afb254729, 0x3ff5efffe7b87a89, 0xbc947eb780ed6904,
};

inline double fromBits(uint64_t bits) { return std::bit_cast<double>(bits); }

/** The result of exp where its scale may have left the range of exponents. */
inline double expAtTheEdge(double tmp, uint64_t sbits, uint64_t ki) {
  if (!(ki & 0x80000000)) {
    const double scale = fromBits(sbits - (uint64_t{1009} << 52));
    return 0x1p1009 * (scale + scale * tmp);
  }
  sbits += uint64_t{1022} << 52;
  const double scale = fromBits(sbits);
  double y = scale + scale * tmp;
  if (std::fabs(y) < 1.0) {
    const double one = std::copysign(1.0, y);
    double lo = scale - y + scale * tmp;
    const double hi = one + y;
    lo = one - hi + y + lo;
    y = (hi + lo) - one;
    if (y == 0.0) y = fromBits(sbits & 0x8000000000000000);
  }
  return y * 0x1p-1022;
}

inline double exp(double x) {
  constexpr double InvLn2N = 0x1.71547652b82fep0 * 128;
  constexpr double NegLn2hiN = -0x1.62e42fefa0000p-8;
  constexpr double NegLn2loN = -0x1.cf79abc9e3b3ap-47;
  constexpr double shift = 0x1.8p52;
  constexpr double C2 = 0x1.ffffffffffdbdp-2;
  constexpr double C3 = 0x1.555555555543cp-3;
  constexpr double C4 = 0x1.55555cf172b91p-5;
  constexpr double C5 = 0x1.1111167a4d017p-7;

  const uint64_t ux = std::bit_cast<uint64_t>(x);
  uint32_t abstop = static_cast<uint32_t>(ux >> 52) & 0x7ff;
  if (abstop - 0x3c9 >= 0x03f) {
    if (abstop - 0x3c9 >= 0x80000000) return 1;
    if (abstop >= 0x409) {
      if (ux == 0xfff0000000000000) return 0;
      if (abstop >= 0x7ff) return 1.0 + x;
      return ux >> 63 ? 0.0 : std::numeric_limits<double>::infinity();
    }
    abstop = 0;
  }
  const double z = InvLn2N * x;
  double kd = z + shift;
  const uint64_t ki = std::bit_cast<uint64_t>(kd);
  kd -= shift;
  const double r = x + kd * NegLn2hiN + kd * NegLn2loN;
  const uint64_t index = (ki & 127) << 1;
  const double tail = fromBits(EXP_TABLE[index]);
  const uint64_t sbits = EXP_TABLE[index + 1] + (ki << 45);
  const double r2 = r * r;
  const double tmp = tail + r + r2 * (C2 + r * C3) + r2 * r2 * (C4 + r * C5);
  if (abstop == 0) return expAtTheEdge(tmp, sbits, ki);
  const double scale = fromBits(sbits);
  return scale + scale * tmp;
}

inline double log(double x) {
  constexpr double B0 = -0x1p-1, B1 = 0x1.5555555555577p-2, B2 = -0x1.ffffffffffdcbp-3;
  constexpr double B3 = 0x1.999999995dd0cp-3, B4 = -0x1.55555556745a7p-3, B5 = 0x1.24924a344de30p-3;
  constexpr double B6 = -0x1.fffffa4423d65p-4, B7 = 0x1.c7184282ad6cap-4, B8 = -0x1.999eb43b068ffp-4;
  constexpr double B9 = 0x1.78182f7afd085p-4, B10 = -0x1.5521375d145cdp-4;
  constexpr double A0 = -0x1.0000000000001p-1, A1 = 0x1.555555551305bp-2, A2 = -0x1.fffffffeb4590p-3;
  constexpr double A3 = 0x1.999b324f10111p-3, A4 = -0x1.55575e506c89fp-3;
  constexpr uint64_t LO = 0x3fee000000000000, HI = 0x3ff1090000000000;
  constexpr double Ln2hi = 0x1.62e42fefa3800p-1, Ln2lo = 0x1.ef35793c76730p-45;

  uint64_t ix = std::bit_cast<uint64_t>(x);
  if (ix - LO < HI - LO) {
    const double r = x - 1.0;
    const double r2 = r * r;
    const double r3 = r2 * r;
    const double y = r3 * (B1 + r * B2 + r2 * B3 +
                           r3 * (B4 + r * B5 + r2 * B6 + r3 * (B7 + r * B8 + r2 * B9 + r3 * B10)));
    double w = r * 0x1p27;
    const double rhi = r + w - w;
    const double rlo = r - rhi;
    w = rhi * rhi * B0;
    const double hi = r + w;
    double lo = r - hi + w;
    lo += B0 * rlo * (rhi + r);
    return y + lo + hi;
  }
  const uint32_t top = static_cast<uint32_t>(ix >> 48);
  if (top - 0x0010 >= 0x7ff0 - 0x0010) {
    if (ix << 1 == 0) return -1.0 / (x * x);
    if (ix == 0x7ff0000000000000) return x;
    if ((top & 0x8000) || (top & 0x7ff0) == 0x7ff0) return (x - x) / (x - x);
    ix = std::bit_cast<uint64_t>(x * 0x1p52) - (uint64_t{52} << 52);
  }
  const uint64_t tmp = ix - 0x3fe6000000000000;
  const uint64_t index = ((tmp >> 45) & 127) << 1;
  const double kd = static_cast<double>(static_cast<int64_t>(tmp) >> 52);
  const double z = fromBits(ix - (tmp & (uint64_t{0xfff} << 52)));
  const double invc = fromBits(LOG_TABLE[index]);
  const double logc = fromBits(LOG_TABLE[index + 1]);
  const double r = (z - fromBits(LOG_CENTRES[index]) - fromBits(LOG_CENTRES[index + 1])) * invc;
  const double w = kd * Ln2hi + logc;
  const double hi = w + r;
  const double lo = w - hi + r + kd * Ln2lo;
  const double r2 = r * r;
  return lo + r2 * A0 + r * r2 * (A1 + r * A2 + r2 * (A3 + r * A4)) + hi;
}

}  // namespace musl
